//! What an operator may meet on a disk, each with its code and what mends it.

use std::io;
use std::path::Path;

use ports::Fault;

/// Why a disk, or what lies on it, didn't do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Bytes changed, or are missing where no crash can lose them.
    #[error(
        "OR-0101 {folder}: segment {segment} is damaged at offset {offset}: {what}; \
         restore the folder from a copy, nothing was changed"
    )]
    Damaged {
        /// The log's folder.
        folder: String,
        /// Number of the segment.
        segment: u64,
        /// Byte in the segment where the damaged frame begins.
        offset: u64,
        /// What doesn't fit.
        what: String,
    },
    /// The log ends before what something else proves to have been there.
    #[error(
        "OR-0102 {folder}: ends at {end}, but {claim}: acknowledged data is missing; \
         restore the folder from a copy, nothing was changed"
    )]
    Cut {
        /// The log's folder.
        folder: String,
        /// Where it ends.
        end: String,
        /// Who knows more, and what.
        claim: String,
    },
    /// No room for what comes next; nothing was torn.
    #[error("OR-0103 {path}: the disk is full ({needed} bytes needed); free space, then go on")]
    DiskFull {
        /// What could not be made or grown.
        path: String,
        /// Bytes that were asked for.
        needed: u64,
    },
    /// A write or a sync failed: what it covered may or may not be there, and a second sync proves
    /// nothing, so the process stops and recovers.
    #[error("OR-0104 {path}: {action} failed: {reason}; check the disk, then start again")]
    Sync {
        /// The file.
        path: String,
        /// What failed.
        action: &'static str,
        /// What the system said.
        reason: String,
    },
    /// A newer release wrote this.
    #[error(
        "OR-0105 {path}: format {found} is newer than {known}, the newest that this release reads; \
         run the release that wrote it, nothing was changed"
    )]
    NewerFormat {
        /// The file.
        path: String,
        /// Its format.
        found: u16,
        /// The newest that we read.
        known: u16,
    },
    /// A small file that is only ever replaced whole doesn't fit its checksum.
    #[error("OR-0106 {path}: doesn't fit its checksum; restore it from a copy, or {remedy}")]
    Unreadable {
        /// The file.
        path: String,
        /// What may be done without a copy.
        remedy: &'static str,
    },
    /// The system refused.
    #[error("OR-0107 {path}: {action} failed: {reason}; check permissions and the disk")]
    Io {
        /// The file or folder.
        path: String,
        /// What was tried.
        action: &'static str,
        /// What the system said.
        reason: String,
    },
    /// An earlier write or sync failed; nothing is written after it.
    #[error("OR-0108 {folder}: stopped by an earlier failure ({reason}); start again")]
    Stopped {
        /// The log's folder.
        folder: String,
        /// The first failure.
        reason: String,
    },
    /// Made under other settings that can't change, or by another application.
    #[error("OR-0109 {path}: {what}; use the folder and settings that it was made with")]
    Foreign {
        /// The file or folder.
        path: String,
        /// What differs.
        what: String,
    },
    /// More bytes than one frame may hold.
    #[error("OR-0110 {folder}: {length} bytes don't fit one frame of {most}; send less at once")]
    TooLarge {
        /// The log's folder.
        folder: String,
        /// Bytes given.
        length: u64,
        /// Bytes allowed.
        most: u64,
    },
    /// Another process holds the folder.
    #[error(
        "OR-0350 {folder}: in use by process {holder}; \
         stop it first, or give another folder with --data"
    )]
    Locked {
        /// The folder.
        folder: String,
        /// Process id of its holder, as it left it.
        holder: String,
    },
    /// The folder takes no files.
    #[error(
        "OR-0351 {folder}: no file can be written there: {reason}; \
         give a folder that you may write to with --data"
    )]
    Unwritable {
        /// The folder.
        folder: String,
        /// What the system said.
        reason: String,
    },
    /// The system gave no random bytes for the identity key.
    #[error("OR-0352 the system gave no random bytes: {reason}; look at the machine's entropy")]
    Entropy {
        /// What the system said.
        reason: String,
    },
    /// The look-up store's library failed while it was in use.
    #[error(
        "OR-0353 {folder}: the look-up store failed: {reason}; \
         start again, it is then rebuilt from the journal"
    )]
    View {
        /// The store's folder.
        folder: String,
        /// What the library said.
        reason: String,
    },
    /// A control record can't be taken.
    #[error("OR-0354 control table: {what}; read it again with `orderflow control show`")]
    Control {
        /// What doesn't fit.
        what: String,
    },
    /// Shards can't be split or merged so.
    #[error("OR-0111 {folder}: {what}; look at `orderflow lanes list`")]
    Reshard {
        /// The stream's folder.
        folder: String,
        /// Why not.
        what: String,
    },
    /// What was asked for was let go by retention.
    #[error("{folder}: segment {segment} is gone; begin at the oldest record left")]
    Gone {
        /// The log's folder.
        folder: String,
        /// The segment that held it.
        segment: u64,
    },
}

impl Error {
    /// An [`io::Error`] with what was tried where.
    #[must_use]
    pub fn io(path: &Path, action: &'static str, error: &io::Error) -> Self {
        let path = path.display().to_string();
        if error.kind() == io::ErrorKind::StorageFull {
            return Self::DiskFull { path, needed: 0 };
        }
        Self::Io { path, action, reason: error.to_string() }
    }
}

impl From<Error> for Fault {
    /// Nothing on a local disk is worth the same call again: room is made, or a person looks.
    fn from(error: Error) -> Self {
        Self::Fatal(error.to_string())
    }
}
