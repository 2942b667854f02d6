//! Who asks: subjects and the tokens that they show.
//!
//! Entry points: [`Subjects::caller`], [`Subjects::read`], [`draw_token`].
//!
//! Invariants: a subject is whose token came with a request, never a field or flag of it. Settings
//! hold BLAKE3 hashes of tokens, each under one name: one person has one name here, and a hash is
//! no secret, because tokens are 256 drawn bits.
//! It knows no roles: what needs two subjects is `ask`'s part.
//!
//! A crash loses nothing.

use toml::{Table, Value};

use crate::error::Error;
use crate::world::draw;

/// The name of whoever shows no token.
pub const NOBODY: &str = "unauthenticated";

/// Longest name in bytes.
const NAME_BYTES_MAX: usize = 32;

/// Who asks for something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The subject, or [`NOBODY`].
    pub subject: String,
    /// Whether a token says so.
    pub is_known: bool,
}

/// The subjects of the settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subjects(Vec<(String, String)>);

// === impl Caller ===

impl Caller {
    /// Whoever shows no token.
    #[must_use]
    pub fn nobody() -> Self {
        Self { subject: NOBODY.to_owned(), is_known: false }
    }
}

// === impl Subjects ===

impl Subjects {
    /// Reads `[subjects]`: a name and the hash of its token on each line.
    ///
    /// # Errors
    /// All that is wrong, each with its name.
    pub fn read(value: &Value) -> Result<Self, Vec<(String, String)>> {
        let empty = Table::new();
        let mut problems = Vec::new();
        let table = value.as_table().unwrap_or_else(|| {
            problems.push((String::new(), "must be a table".to_owned()));
            &empty
        });
        let mut subjects: Vec<(String, String)> = Vec::new();
        for (name, value) in table {
            let hash = value.as_str().unwrap_or_default().to_owned();
            let is_hash = hash.len() == 64
                && hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
            let is_name = !name.is_empty()
                && name.len() <= NAME_BYTES_MAX
                && name.bytes().all(|byte| byte.is_ascii_graphic())
                && name != NOBODY;
            let wrong = if !is_name {
                Some("must be 1 to 32 printable ASCII characters without spaces, and nobody's")
            } else if !is_hash {
                Some("must be 64 hex digits, as `orderflow token` prints them")
            } else if subjects.iter().any(|(_, other)| *other == hash) {
                Some("has another's token: draw one of its own with `orderflow token`")
            } else {
                None
            };
            problems.extend(wrong.map(|reason| (name.clone(), reason.to_owned())));
            subjects.push((name.clone(), hash));
        }
        if problems.is_empty() { Ok(Self(subjects)) } else { Err(problems) }
    }

    /// The lines of `[subjects]`; nothing where there are none.
    #[must_use]
    pub fn render(&self) -> String {
        if self.0.is_empty() {
            return String::new();
        }
        self.0.iter().fold("\n[subjects]\n".to_owned(), |text, (name, hash)| {
            text + &format!("{name:?} = \"{hash}\"\n")
        })
    }

    /// How many there are.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.0.len()
    }

    /// Whose token it is; nobody's where none was shown.
    ///
    /// # Errors
    /// [`Error::Subject`] when nobody has this token.
    pub fn caller(&self, token: Option<&str>) -> Result<Caller, Error> {
        let Some(token) = token else { return Ok(Caller::nobody()) };
        let hash = hash(token);
        let found = self.0.iter().find(|(_, known)| *known == hash);
        let unknown = || Error::Subject {
            what: "nobody has the token that was shown".to_owned(),
            fix: "use a token whose hash stands under [subjects] of the settings",
        };
        found.map(|(name, _)| Caller { subject: name.clone(), is_known: true }).ok_or_else(unknown)
    }
}

/// A new token, and its hash for the settings.
///
/// # Errors
/// The system gives no random bytes.
pub fn draw_token() -> Result<(String, String), Error> {
    let mut bytes = [0; 32];
    draw(&mut bytes)?;
    let token = bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    let hash = hash(&token);
    Ok((token, hash))
}

fn hash(token: &str) -> String {
    blake3::hash(token.trim().as_bytes()).to_hex().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_says_who_it_is_and_nothing_else_does() {
        let (token, hash) = draw_token().unwrap();
        let text = format!("[subjects]\nann = \"{hash}\"");
        let table = text.parse::<Table>().unwrap();
        let subjects = Subjects::read(&table["subjects"]).unwrap();
        let ann = subjects.caller(Some(&token)).unwrap();
        assert_eq!((ann.subject.as_str(), ann.is_known), ("ann", true));
        assert!(subjects.caller(Some("ann")).is_err());
        assert!(subjects.caller(Some(&hash)).is_err());
        assert_eq!(subjects.caller(None).unwrap(), Caller::nobody());
        let again = subjects.render().parse::<Table>().unwrap();
        assert_eq!(Subjects::read(&again["subjects"]), Ok(subjects));
    }

    #[test]
    fn nobody_has_two_names() {
        let hash = "ab".repeat(32);
        let text = format!("[subjects]\nann = \"{hash}\"\nbob = \"{hash}\"\ncid = \"short\"");
        let table = text.parse::<Table>().unwrap();
        let problems = Subjects::read(&table["subjects"]).unwrap_err();
        let names: Vec<_> = problems.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["bob", "cid"]);
    }
}
