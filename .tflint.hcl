# Rules that come with tflint; the AWS rules need a download that builds don't make.
plugin "terraform" {
  enabled = true
  preset  = "all"
}
