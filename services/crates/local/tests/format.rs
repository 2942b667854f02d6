//! What lies on a disk is read by later releases: bytes that change need a new format version.

#![expect(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

use std::path::Path;
use std::sync::Arc;

use domain::{
    AccountKey, Entry, EntryKind, Epoch, HashRange, LaneId, Mic, Position, Sequence, StateDigest,
    Timestamp, Writer, hash,
};
use local::disk::{Disk, RecordedDisk};
use local::stream::{self, Put, Stream};
use local::{LocalCursors, LocalJournal, LocalSnapshots, Starts, log};
use ports::{Attempts, Condition, Cursors, Destination, Journal, SnapshotHead, Snapshots};

fn settings(identity: u128) -> log::Settings {
    log::Settings { segment_bytes: 4 * 1024, reserve_bytes: 0, identity }
}

fn entry() -> Entry {
    let at = |number| Position::new(Sequence::of(number), 3);
    let entry = Entry {
        lane: LaneId(1),
        index: 2,
        kind: EntryKind::Batch,
        epoch: Epoch(3),
        writer: Writer([4; 16]),
        previous: [5; 16],
        start: at(6),
        end: at(7),
        state: StateDigest { accounts: 8, lane: 9 },
        format: 1,
        rules: 1,
        content: [0; 16],
        body: Arc::from(&b"body"[..]),
    };
    entry.sealed()
}

/// One of everything.
fn written() -> RecordedDisk {
    let disk = RecordedDisk::default();
    let folder = Path::new("journal");
    let mut journal = LocalJournal::open(disk.clone(), folder, settings(1), &[]).unwrap();
    journal
        .submit(0, ports::Put { entry: Arc::new(entry()), condition: Condition::Absent })
        .unwrap();
    journal.drain(&mut Vec::new());
    journal.mark().unwrap();
    let of_stream = stream::Settings { log: settings(2), shards: 2 };
    let stream = Stream::open(disk.clone(), Path::new("orders"), of_stream).unwrap();
    let put = |shard, sequence| {
        let key = AccountKey(HashRange::part(shard, 2).first);
        let (producer, arrival) = (10, Some(Timestamp(11)));
        Put { key, producer, sequence, arrival, data: b"record" }
    };
    stream.put(Timestamp(12), &[put(1, 1), put(0, 2), put(1, 3)]).unwrap();
    let lane = LaneId(1);
    let mut cursors = LocalCursors::open(disk.clone(), Path::new("cursors")).unwrap();
    let venue = Destination::Venue(Mic::new("XDEM").unwrap());
    for (index, destination) in
        (1..).zip([venue, Destination::Events, Destination::DeadLetters, Destination::Inbound])
    {
        cursors.advance(lane, destination, index).unwrap();
    }
    let mut starts = Starts::open(disk.clone(), Path::new("starts")).unwrap();
    starts.begin(lane, Position::new(Sequence::of(5), 1)).unwrap();
    let state = StateDigest { accounts: 8, lane: 9 };
    let head = SnapshotHead { lane, index: 2, content: [6; 16], state };
    let mut snapshots = LocalSnapshots::open(disk.clone(), Path::new("snapshots")).unwrap();
    snapshots.put(head, b"rows").unwrap();
    disk
}

#[test]
fn the_bytes_on_a_disk_stay_what_they_are() {
    let disk = written();
    let mut found = Vec::new();
    for folder in ["cursors", "journal", "orders", "snapshots", "starts"] {
        for name in disk.list(Path::new(folder)).unwrap() {
            let path = Path::new(folder).join(name);
            let bytes = disk.read(&path).unwrap().unwrap();
            found.push(format!("{} {} {:032x}", path.display(), bytes.len(), hash::row(&bytes)));
        }
    }
    let snapshot = "snapshots/00000000000000000000000000000001-00000000000000000002-\
                    06060606060606060606060606060606.snapshot";
    let kept = [
        "cursors/cursors 142 866093dd6bcbce60e928ad13cfe91ebf".to_owned(),
        "journal/000000000001.log 4096 54439ab007814bca2da16c41294864da".to_owned(),
        "journal/closed 58 53d39bac9c66218f4be0ac00bbd1c603".to_owned(),
        "orders/000000000001.log 4096 f0f0a97a232baac69dbe25884a7d393a".to_owned(),
        format!("{snapshot} 106 29b33ac3c617bbf847509ed563cca105"),
        "starts/starts 74 86cb082c5d165db770d693247691e803".to_owned(),
    ];
    assert_eq!(found, kept);
}
