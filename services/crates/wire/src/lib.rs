//! protobuf bytes to and from the values of domain; the only crate that sees generated code.
