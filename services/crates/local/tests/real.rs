//! The same stores on the system's own disk.

#![expect(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::{
    AccountKey, Entry, EntryKind, Epoch, HashRange, LaneId, Position, Sequence, StateDigest,
    Timestamp, Writer,
};
use local::disk::{Disk, RealDisk};
use local::stream::{self, Put, Stream};
use local::{Error, LocalCursors, LocalJournal, LocalSnapshots, Starts, log};
use ports::{
    Answer, Attempts, Condition, Cursors, Destination, Journal, RecordBatch, ShardSource,
    SnapshotHead, Snapshots,
};

const LANE: LaneId = LaneId(1);

fn empty(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("local").join(name);
    let _ = fs::remove_dir_all(&folder);
    folder
}

fn settings() -> log::Settings {
    log::Settings { segment_bytes: 64 * 1024, reserve_bytes: 0, identity: 1 }
}

fn journal(folder: &Path) -> LocalJournal {
    LocalJournal::open(RealDisk, &folder.join("journal"), settings(), &[]).unwrap()
}

fn orders(folder: &Path) -> Stream {
    let settings = stream::Settings { log: settings(), shards: 2 };
    Stream::open(RealDisk, &folder.join("orders"), settings).unwrap()
}

fn entry(index: u64) -> Arc<Entry> {
    let entry = Entry {
        lane: LANE,
        index,
        kind: EntryKind::Batch,
        epoch: Epoch(1),
        writer: Writer([1; 16]),
        previous: [0; 16],
        start: Position::START,
        end: Position::START,
        state: StateDigest::default(),
        format: 1,
        rules: 1,
        content: [0; 16],
        body: vec![index as u8; 3_000].into(),
    };
    Arc::new(entry.sealed())
}

#[test]
fn what_is_stored_is_there_when_the_folder_is_opened_again() {
    let folder = empty("again");
    let mut first = journal(&folder);
    for index in 0..100 {
        first
            .submit(index, ports::Put { entry: entry(index), condition: Condition::Absent })
            .unwrap();
        let mut completions = Vec::new();
        first.drain(&mut completions);
        assert_eq!(completions[0].answer, Answer::Stored);
        first.prepare().unwrap();
    }
    let stream = orders(&folder);
    for sequence in 1..=100 {
        let put = |shard, sequence| {
            let key = AccountKey(HashRange::part(shard, 2).first);
            let (producer, arrival, data) = (1, None, &[7; 2_000][..]);
            Put { key, producer, sequence, arrival, data }
        };
        let puts = [put(0, 2 * sequence), put(1, 2 * sequence + 1)];
        stream.put(Timestamp(1), &puts).unwrap();
    }
    let mut cursors = LocalCursors::open(RealDisk, &folder).unwrap();
    cursors.advance(LANE, Destination::Events, 60).unwrap();
    let mut starts = Starts::open(RealDisk, &folder).unwrap();
    starts.begin(LANE, Position::START).unwrap();
    let state = StateDigest::default();
    let head = SnapshotHead { lane: LANE, index: 50, content: entry(50).content, state };
    let mut snapshots = LocalSnapshots::open(RealDisk, &folder.join("snapshots")).unwrap();
    snapshots.put(head, &[9; 5_000]).unwrap();
    first.release(LANE, 40).unwrap();

    let mut again = journal(&folder);
    assert_eq!(again.lanes(), [(LANE, 40, 99)]);
    assert_eq!(again.read(LANE, 77, 1).unwrap(), [Some((*entry(77)).clone())]);
    let stream = orders(&folder);
    assert_eq!((stream.tip(0), stream.tip(1)), (100, 100));
    let mut batch = RecordBatch::default();
    let after = Position::new(Sequence::of(99), u32::MAX);
    stream.source(1).poll(after, 9, &mut batch).unwrap();
    assert_eq!(batch.data(&batch.records[0]), [7; 2_000]);
    let cursors = LocalCursors::open(RealDisk, &folder).unwrap().cursor(LANE, Destination::Events);
    assert_eq!(cursors, Ok(Some(60)));
    assert_eq!(Starts::open(RealDisk, &folder).unwrap().count(LANE, Position::START), Ok(1));
    let kept = LocalSnapshots::open(RealDisk, &folder.join("snapshots")).unwrap().newest(LANE);
    assert_eq!(kept, Ok(vec![(head, vec![9; 5_000])]));
}

#[test]
fn segments_have_their_length_from_the_start_and_leave_nothing_behind() {
    let folder = empty("segments");
    let _stream = orders(&folder);
    let files = fs::read_dir(folder.join("orders")).unwrap();
    let files: Vec<_> = files.map(|file| file.unwrap()).collect();
    assert_eq!(files.len(), 1);
    assert_eq!(files[0].file_name(), "000000000001.log");
    assert_eq!(files[0].metadata().unwrap().len(), 64 * 1024);
}

#[test]
fn a_file_where_a_folder_should_be_is_named() {
    let folder = empty("in_the_way");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("journal"), b"in the way").unwrap();
    let opened = LocalJournal::open(RealDisk, &folder.join("journal"), settings(), &[]);
    let text = opened.map(|_| ()).unwrap_err().to_string();
    assert!(text.starts_with("OR-0107") && text.contains("in_the_way/journal"), "{text}");
    assert_eq!(fs::read(folder.join("journal")).unwrap(), b"in the way");
}

#[test]
fn a_replaced_file_is_the_old_one_or_the_new_one() {
    let folder = empty("replaced");
    RealDisk.make_folder(&folder).unwrap();
    let path = folder.join("file");
    RealDisk.replace(&path, b"old and long").unwrap();
    RealDisk.replace(&path, b"new").unwrap();
    assert_eq!(RealDisk.read(&path), Ok(Some(b"new".to_vec())));
    assert_eq!(RealDisk.list(&folder).unwrap(), ["file"]);
    assert_eq!(RealDisk.read(&folder.join("absent")), Ok(None));
    assert!(RealDisk.free_bytes(&folder).unwrap() > 0);
    assert!(matches!(RealDisk.rename(&folder.join("absent"), &path), Err(Error::Io { .. })));
}
