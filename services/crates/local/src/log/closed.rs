//! The mark of a clean close: where a log ended, in a file of its own that is replaced whole.

use std::path::Path;

use crate::Error;
use crate::disk::Disk;
use crate::log::Mark;
use crate::small;

const NAME: &str = "closed";
const KIND: [u8; 4] = *b"MARK";
const REMEDY: &str = "remove it: a log that was cut is then no longer noticed by it";

/// Says where the log ended.
pub(super) fn write<D: Disk>(
    disk: &D,
    folder: &Path,
    identity: u128,
    end: Mark,
) -> Result<(), Error> {
    let mut body = identity.to_be_bytes().to_vec();
    body.extend_from_slice(&end.segment.to_be_bytes());
    body.extend_from_slice(&end.offset.to_be_bytes());
    small::write(disk, &folder.join(NAME), KIND, &body)
}

/// Where the log had at least come to; the beginning when it was never closed.
pub(super) fn read<D: Disk>(disk: &D, folder: &Path, identity: u128) -> Result<Mark, Error> {
    let path = folder.join(NAME);
    let Some(body) = small::read(disk, &path, KIND, REMEDY)? else { return Ok(Mark::default()) };
    let mut rest = super::frame::Reading::new(&body);
    let whose = rest.u128();
    let mark = Mark { segment: rest.u64(), offset: rest.u64() };
    if whose != identity {
        let what = "it is the close mark of another log".to_owned();
        return Err(Error::Foreign { path: path.display().to_string(), what });
    }
    Ok(mark)
}
