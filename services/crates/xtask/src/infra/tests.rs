//! Runs the modules' own tests and reads what ran.

use anyhow::Result;

use super::Tally;
use super::bootstrap;
use super::stacks::Folder;
use super::terraform::Terraform;

/// Tests of every folder that has some, those in `tests/apply` included.
pub(super) fn run(terraform: &Terraform, folders: &[Folder], tally: &mut Tally) -> Result<()> {
    for folder in folders {
        let name = folder.path.display().to_string();
        if folder.tests.is_empty() && folder.apply_tests.is_empty() {
            if name.starts_with("infra/modules/") {
                tally.count(&format!("test {name}: it has no tests"), false);
            }
            continue;
        }
        if !terraform.init(&folder.path)? {
            tally.count(&format!("test {name}: init"), false);
            continue;
        }
        if !folder.tests.is_empty() {
            one(terraform, folder, &[], tally)?;
        }
        if !folder.apply_tests.is_empty() && !Terraform::without_account() {
            println!("xtask infra: not run here: {name}/tests/apply: they need an account");
        } else if !folder.apply_tests.is_empty() {
            one(terraform, folder, &["-test-directory=tests/apply"], tally)?;
        }
        if name == "infra/bootstrap" {
            if Terraform::without_account() {
                bootstrap::refuses_destruction(terraform, tally)?;
            }
            bootstrap::moves_its_state(terraform.root(), tally)?;
        }
    }
    Ok(())
}

fn one(terraform: &Terraform, folder: &Folder, with: &[&str], tally: &mut Tally) -> Result<()> {
    let [plans, applies] = folder.reports(terraform.root());
    let report = if with.is_empty() { plans } else { applies };
    let report = format!("-junit-xml={}", report.display());
    let arguments = [&["test", "-no-color", &report], with].concat();
    let (passed, text) = terraform.text(&folder.path, &arguments)?;
    let (ran, failed) = summary(&text);
    let good = passed && ran > 0 && failed == 0;
    if !good {
        println!("{text}");
    }
    // A folder whose tests run nothing prints "Success! 0 passed": that is a failure here.
    println!("xtask infra: test {}: {ran} passed, {failed} failed", folder.path.display());
    tally.count(&format!("test {}", folder.path.display()), good);
    Ok(())
}

/// Passed and failed runs of terraform's last line: `Success! 3 passed, 0 failed.`
pub(super) fn summary(text: &str) -> (usize, usize) {
    let line = text.lines().rev().find(|line| line.contains(" passed, ")).unwrap_or_default();
    let words: Vec<&str> = line.split_whitespace().collect();
    let before = |name: &str| {
        let at = words.iter().position(|word| word.trim_end_matches([',', '.']) == name)?;
        words.get(at.checked_sub(1)?)?.parse().ok()
    };
    (before("passed").unwrap_or(0), before("failed").unwrap_or(0))
}

#[cfg(test)]
mod checks {
    use super::summary;

    #[test]
    fn the_last_line_tells_what_ran() {
        assert_eq!(summary("run \"a\"... pass\n\nSuccess! 3 passed, 0 failed.\n"), (3, 0));
        assert_eq!(summary("Failure! 2 passed, 1 failed, 4 skipped."), (2, 1));
        assert_eq!(summary("Error: nothing"), (0, 0));
    }
}
