//! stages, runners and rings: mechanics without meaning.
