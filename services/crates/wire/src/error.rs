//! Why bytes that one of ours wrote can't be read.

/// Bytes of a store or a stream that aren't what their schema says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Not a protobuf message of the schema.
    #[error("not a message of the schema: restore it from a good copy, or pass it by")]
    Protobuf,
    /// A field holds what its schema doesn't allow.
    #[error("field {0} is missing or out of range: restore it from a good copy, or pass it by")]
    Field(&'static str),
    /// A value that this version doesn't know.
    #[error(
        "field {0} has a value of a newer format: run the version that wrote it, or a newer one"
    )]
    Newer(&'static str),
}

impl From<crate::field::Malformed> for Error {
    fn from(_: crate::field::Malformed) -> Self {
        Self::Protobuf
    }
}

impl From<prost::DecodeError> for Error {
    fn from(_: prost::DecodeError) -> Self {
        Self::Protobuf
    }
}
