//! Streams: puts that repeat, restarts, retention, readers, threads.

use std::collections::BTreeMap;
use std::path::Path;

use domain::{HashRange, Position, Sequence};
use ports::{Fault, Poll, RecordBatch, ShardSource};
use proptest::prelude::*;

use super::*;
use crate::disk::RecordedDisk;

const SMALL: Settings = Settings {
    log: log::Settings { segment_bytes: 4 * 1024, reserve_bytes: 0, identity: 3 },
    shards: 2,
};

fn open(disk: &RecordedDisk) -> Stream<RecordedDisk> {
    Stream::open(disk.clone(), Path::new("orders"), SMALL).unwrap()
}

fn record(shard: u32, sequence: u64, data: &[u8]) -> Put<'_> {
    Put { key: key(shard), producer: 1, sequence, arrival: None, data }
}

/// A key that lies in one of the two shards that the stream begins with.
fn key(shard: u32) -> AccountKey {
    AccountKey(HashRange::part(shard, SMALL.shards).first)
}

fn after(number: u64) -> Position {
    Position::new(Sequence::of(number), u32::MAX)
}

/// Everything that a shard holds, polled `count` at a time.
fn all(stream: &Stream<RecordedDisk>, shard: u32, count: usize) -> Vec<(u64, Vec<u8>)> {
    let (mut source, mut batch) = (stream.source(shard), RecordBatch::default());
    let mut last = stream.oldest(shard) - 1;
    loop {
        match source.poll(after(last), count, &mut batch).unwrap() {
            Poll::Records(0) => break,
            Poll::Records(more) => last += more as u64,
            other => panic!("{other:?}"),
        }
    }
    let read = batch.records.iter();
    read.map(|record| (record.sequence.number().unwrap(), batch.data(record).to_vec())).collect()
}

fn fill(stream: &Stream<RecordedDisk>, sequences: std::ops::RangeInclusive<u64>) {
    for sequence in sequences {
        let data = sequence.to_string().repeat(40);
        let shard = (sequence % 2) as u32;
        stream
            .put(Timestamp(sequence as i64), &[record(shard, sequence, data.as_bytes())])
            .unwrap();
    }
}

#[test]
fn each_shard_is_read_in_order_from_1_at_any_pace() {
    let stream = open(&RecordedDisk::default());
    for batch in 0..10_u64 {
        let data: Vec<_> = (0..9_u64).map(|at| format!("{batch}-{at}").into_bytes()).collect();
        let puts: Vec<_> = (0..9_u64)
            .map(|at| record((at % 2) as u32, 1 + batch * 9 + at, &data[at as usize]))
            .collect();
        assert_eq!(stream.put(Timestamp(1), &puts).unwrap().len(), 9);
    }
    assert_eq!((stream.tip(0), stream.tip(1)), (50, 40));
    for count in [1, 3, 7, 1_000] {
        let read = all(&stream, 0, count);
        assert_eq!(read.len(), 50);
        assert!(read.iter().zip(1..).all(|(record, number)| record.0 == number));
        assert_eq!(read[0].1, b"0-0");
        assert_eq!(read[49].1, b"9-8");
    }
}

#[test]
fn a_record_that_may_be_an_aggregate_comes_again_until_it_is_read_whole() {
    let stream = open(&RecordedDisk::default());
    fill(&stream, 1..=6);
    let (mut source, mut batch) = (stream.source(0), RecordBatch::default());
    let inside = Position::new(Sequence::of(2), 4);
    assert_eq!(source.poll(inside, 9, &mut batch), Ok(Poll::Records(2)));
    assert_eq!(batch.records[0].sequence, Sequence::of(2));
    assert_eq!(source.poll(after(3), 9, &mut batch), Ok(Poll::Records(0)));
    assert_eq!(source.poll(Position::START, 9, &mut batch), Ok(Poll::Records(3)));
}

#[test]
fn an_arrival_is_the_producers_or_now() {
    let stream = open(&RecordedDisk::default());
    let replayed = Put { arrival: Some(Timestamp(5)), ..record(0, 1, b"replayed") };
    stream.put(Timestamp(77), &[replayed, record(0, 2, b"live")]).unwrap();
    let mut batch = RecordBatch::default();
    stream.source(0).poll(Position::START, 9, &mut batch).unwrap();
    let arrivals: Vec<_> = batch.records.iter().map(|record| record.arrival.0).collect();
    assert_eq!(arrivals, [5, 77]);
}

#[test]
fn a_repeat_is_ignored_also_after_a_restart_and_after_retention() {
    let disk = RecordedDisk::default();
    let mut stream = open(&disk);
    fill(&stream, 1..=60);
    for is_first in [true, false] {
        let repeats = [record(0, 60, b"again"), record(1, 7, b"again")];
        let placed = stream.put(Timestamp(0), &repeats).unwrap();
        assert_eq!(placed, [Placed::AlreadyThere; 2]);
        assert_eq!((stream.tip(0), stream.tip(1)), (30, 30));
        let retention = Retention { age_ns: Some(1), bytes: None };
        let dropped = stream.retain(Timestamp(1_000), retention, &[30, 30]).unwrap();
        assert_eq!(dropped > 0, is_first);
        stream = open(&disk);
    }
    assert_eq!(stream.producer_high(1), Some(60));
    assert_eq!(stream.producer_high(2), None);
    let placed = stream.put(Timestamp(0), &[record(0, 61, b"new")]).unwrap();
    assert_eq!(placed, [Placed::At { shard: 0, sequence: 31 }]);
}

#[test]
fn nothing_unsettled_goes_and_what_has_gone_is_said_to_be() {
    let disk = RecordedDisk::default();
    let stream = open(&disk);
    fill(&stream, 1..=60);
    let old = Retention { age_ns: Some(1), bytes: None };
    assert_eq!(stream.retain(Timestamp(1_000), old, &[0, 30]), Ok(0));
    assert_eq!(stream.retain(Timestamp(1_000), old, &[30]), Ok(0));
    assert_eq!(stream.retain(Timestamp(1_000), Retention::default(), &[30, 30]), Ok(0));
    let young = Retention { age_ns: Some(10_000), bytes: Some(u64::MAX) };
    assert_eq!(stream.retain(Timestamp(1_000), young, &[30, 30]), Ok(0));
    stream.retain(Timestamp(1_000), old, &[12, 30]).unwrap();
    let oldest = stream.oldest(0);
    assert!((2..=13).contains(&oldest), "{oldest}");
    for stream in [stream, open(&disk)] {
        assert_eq!(stream.oldest(0), oldest);
        let mut batch = RecordBatch::default();
        let polled = stream.source(0).poll(Position::START, 9, &mut batch);
        assert_eq!(polled, Ok(Poll::Trimmed(Sequence::of(oldest))));
        let polled = stream.source(0).poll(after(oldest - 1), 99, &mut batch);
        assert_eq!(polled, Ok(Poll::Records((31 - oldest) as usize)));
    }
}

#[test]
fn the_oldest_segments_go_while_there_are_too_many_bytes() {
    let stream = open(&RecordedDisk::default());
    fill(&stream, 1..=100);
    let bytes = stream.bytes();
    let retention = Retention { age_ns: None, bytes: Some(bytes / 2) };
    stream.retain(Timestamp(0), retention, &[50, 50]).unwrap();
    assert!(stream.bytes() <= bytes / 2 && stream.bytes() >= bytes / 3);
}

#[test]
fn a_full_disk_refuses_a_put_and_the_same_put_later_adds_the_rest() {
    let disk = RecordedDisk::default();
    disk.limit(5 * 4 * 1024);
    let stream = open(&disk);
    let data = vec![3; 700];
    let mut refused = None;
    for sequence in 1..99 {
        let puts = [record(0, 2 * sequence, &data), record(1, 2 * sequence + 1, &data)];
        if let Err(error) = stream.put(Timestamp(0), &puts) {
            assert!(matches!(error, Error::DiskFull { .. }), "{error}");
            refused = Some(sequence);
            break;
        }
    }
    let sequence = refused.expect("the disk gets full");
    disk.limit(u64::MAX);
    let stream = open(&disk);
    let puts = [record(0, 2 * sequence, &data), record(1, 2 * sequence + 1, &data)];
    stream.put(Timestamp(0), &puts).unwrap();
    assert_eq!((stream.tip(0), stream.tip(1)), (sequence, sequence));
}

#[test]
fn intake_stops_while_the_reserve_is_still_free_for_what_it_feeds() {
    let disk = RecordedDisk::default();
    disk.limit(64 * 1024);
    let log = log::Settings { reserve_bytes: 32 * 1024, ..SMALL.log };
    let intake = Stream::open(disk.clone(), Path::new("intake"), Settings { log, shards: 2 });
    let intake = intake.unwrap();
    intake.put(Timestamp(0), &[record(0, 1, b"there is room")]).unwrap();
    let fed = open(&disk);
    let data = vec![1; 900];
    let mut sequence = 0;
    while disk.free_bytes(Path::new("intake")).unwrap() >= 32 * 1024 {
        sequence += 1;
        fed.put(Timestamp(0), &[record(0, sequence, &data)]).unwrap();
    }
    let refused = intake.put(Timestamp(0), &[record(0, 2, b"no room")]).unwrap_err();
    assert!(matches!(refused, Error::DiskFull { needed: 32_768, .. }), "{refused}");
    assert!(refused.to_string().starts_with("OR-0103 intake: the disk is full"), "{refused}");
    assert_eq!(intake.tip(0), 1);
    assert!(fed.put(Timestamp(0), &[record(0, sequence + 1, &data)]).is_ok());
}

#[test]
fn a_failed_sync_is_told_to_everybody_and_nothing_follows_it() {
    let disk = RecordedDisk::default();
    let stream = open(&disk);
    disk.fail_after(0);
    assert!(matches!(stream.put(Timestamp(0), &[record(0, 1, b"x")]), Err(Error::Sync { .. })));
    disk.fail_after(u64::MAX);
    assert!(matches!(stream.put(Timestamp(0), &[record(0, 2, b"x")]), Err(Error::Stopped { .. })));
    assert_eq!(stream.tip(0), 0);
}

#[test]
fn records_that_rot_while_it_runs_are_refused_with_their_place() {
    let disk = RecordedDisk::default();
    let stream = open(&disk);
    stream.put(Timestamp(0), &[record(0, 1, &[0xee; 300])]).unwrap();
    disk.rot(Path::new("orders/000000000001.log"), |bytes| {
        let at = bytes.iter().position(|byte| *byte == 0xee).unwrap();
        bytes[at + 100] ^= 1;
    });
    let polled = stream.source(0).poll(Position::START, 9, &mut RecordBatch::default());
    let Err(Fault::Fatal(text)) = polled else { panic!("{polled:?}") };
    assert!(text.starts_with("OR-0101 orders: segment 1"), "{text}");
}

#[test]
fn a_stream_that_ends_before_what_a_lane_has_read_is_refused() {
    let stream = open(&RecordedDisk::default());
    fill(&stream, 1..=6);
    assert_eq!(stream.must_reach(0, 3, "lane 7"), Ok(()));
    let error = stream.must_reach(0, 4, "lane 7").unwrap_err();
    let text = error.to_string();
    assert!(text.contains("record 3 of shard 0, but lane 7 has read record 4"), "{text}");
}

#[test]
fn another_number_of_shards_is_refused() {
    let disk = RecordedDisk::default();
    open(&disk);
    let other = Settings { shards: 3, ..SMALL };
    let opened = Stream::open(disk, Path::new("orders"), other).map(|_| ());
    assert!(matches!(opened.unwrap_err(), Error::Foreign { .. }));
}

#[test]
fn an_account_lies_in_the_shard_whose_range_holds_it() {
    let settings = Settings { shards: 4, ..SMALL };
    let stream = Stream::open(RecordedDisk::default(), Path::new("orders"), settings).unwrap();
    let keys = (0..500).map(|number| AccountKey::of(&format!("ITCH-{number}")));
    let edges = (0..4).map(|part| HashRange::part(part, 4));
    let edges = edges.flat_map(|range| [AccountKey(range.first), AccountKey(range.last)]);
    for key in keys.chain(edges) {
        let shard = stream.shard_of(key);
        assert!(HashRange::part(shard, 4).contains(key), "{key:?} in {shard}");
    }
}

#[test]
fn a_split_ends_a_shard_after_its_last_record_and_names_its_children() {
    let disk = RecordedDisk::default();
    let mut stream = open(&disk);
    fill(&stream, 1..=10);
    let at = 1 << 100;
    assert_eq!(stream.reshard(Reshard::Split { shard: 0, at }).unwrap(), [2, 3]);
    assert!(stream.reshard(Reshard::Split { shard: 0, at }).is_err());
    fill(&stream, 11..=90);
    for _ in 0..2 {
        assert_eq!((stream.tip(0), stream.tip(2), stream.tip(3)), (5, 40, 0));
        assert_eq!(stream.shard_of(AccountKey(at)), 3);
        let (mut source, mut batch) = (stream.source(0), RecordBatch::default());
        assert_eq!(source.poll(after(0), 100, &mut batch), Ok(Poll::Records(5)));
        assert_eq!(source.poll(after(5), 100, &mut batch), Ok(Poll::ShardEnd));
        let children = source.children().unwrap();
        let named: Vec<_> = children.iter().map(|child| (&*child.name, child.range)).collect();
        let last = HashRange::part(0, 2).last;
        let (low, high) = (HashRange { first: 0, last: at - 1 }, HashRange { first: at, last });
        assert_eq!(named, [("2", low), ("3", high)]);
        assert!(children.iter().all(|child| child.parents == ["0"]));
        assert_eq!(stream.source(1).children().unwrap(), []);
        drop(source);
        stream = open(&disk);
    }
    // Everything but the last segments goes, and what is carried on says the same.
    let retention = Retention { age_ns: Some(3), bytes: None };
    stream.retain(Timestamp(1_000), retention, &[u64::MAX; 4]).unwrap();
    assert!(stream.oldest(2) > 1);
    let shards = stream.all_shards();
    stream = open(&disk);
    assert_eq!(stream.all_shards(), shards);
    let poll = stream.source(0).poll(after(5), 1, &mut RecordBatch::default());
    assert_eq!(poll, Ok(Poll::ShardEnd));
}

#[test]
fn a_merge_takes_both_and_a_retried_put_doesnt_come_twice() {
    let disk = RecordedDisk::default();
    let stream = open(&disk);
    fill(&stream, 1..=10);
    assert_eq!(stream.reshard(Reshard::Merge { shards: [0, 1] }).unwrap(), [2]);
    let placed = stream.put(Timestamp(11), &[record(1, 9, b"again"), record(1, 11, b"new")]);
    assert_eq!(placed.unwrap(), [Placed::AlreadyThere, Placed::At { shard: 2, sequence: 1 }]);
    for shard in [0, 1] {
        let children = stream.source(shard).children().unwrap();
        assert_eq!(children.len(), 1);
        assert_eq!(
            (children[0].range, &*children[0].parents),
            (HashRange::ALL, &["0".to_owned(), "1".to_owned()][..])
        );
    }
}

#[test]
fn many_threads_put_and_read_and_each_record_is_there_once() {
    let stream = open(&RecordedDisk::default());
    std::thread::scope(|scope| {
        for producer in 0..4_u128 {
            let stream = stream.clone();
            scope.spawn(move || {
                for sequence in 1..=100 {
                    let data = format!("{producer}/{sequence}");
                    let shard = (producer % 2) as u32;
                    let (key, arrival, data) = (key(shard), None, data.as_bytes());
                    let put = Put { key, producer, sequence, arrival, data };
                    let placed = stream.put(Timestamp(0), &[put]).unwrap();
                    let Placed::At { sequence, .. } = placed[0] else { panic!("{placed:?}") };
                    assert!(stream.tip(shard) >= sequence);
                }
            });
        }
    });
    for shard in 0..2 {
        let mut read: Vec<_> = all(&stream, shard, 17).into_iter().map(|(_, data)| data).collect();
        assert_eq!(read.len(), 200);
        read.sort();
        read.dedup();
        assert_eq!(read.len(), 200);
    }
}

#[derive(Clone, Debug)]
enum Step {
    Put(Vec<(u32, u8, u64, usize)>),
    Restart,
    Retain(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let record = (0..2_u32, 0..3_u8, 1..60_u64, 0..600_usize);
    let step = prop_oneof![
        6 => prop::collection::vec(record, 0..12).prop_map(Step::Put),
        1 => Just(Step::Restart),
        1 => (0..40_u64).prop_map(Step::Retain),
    ];
    prop::collection::vec(step, 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(192)
    })]

    /// A stream says the same as two lists and a map.
    #[test]
    fn a_stream_is_lists_and_a_map(steps in steps()) {
        let disk = RecordedDisk::default();
        let mut stream = open(&disk);
        let mut lists: [Vec<Vec<u8>>; 2] = [Vec::new(), Vec::new()];
        let mut highs: BTreeMap<u8, u64> = BTreeMap::new();
        let mut most = 0;
        for (number, step) in steps.into_iter().enumerate() {
            match step {
                Step::Put(records) => {
                    let data: Vec<_> =
                        records.iter().map(|record| vec![number as u8; record.3]).collect();
                    let puts: Vec<_> = records.iter().zip(&data).map(|(record, data)| Put {
                        key: key(record.0),
                        producer: record.1.into(),
                        sequence: record.2,
                        arrival: None,
                        data,
                    }).collect();
                    let placed = stream.put(Timestamp(number as i64), &puts).unwrap();
                    for ((put, placed), record) in puts.iter().zip(placed).zip(&records) {
                        let producer = put.producer as u8;
                        let list = &mut lists[record.0 as usize];
                        if highs.get(&producer).is_some_and(|high| put.sequence <= *high) {
                            prop_assert_eq!(placed, Placed::AlreadyThere);
                        } else {
                            highs.insert(producer, put.sequence);
                            list.push(put.data.to_vec());
                            let (shard, sequence) = (record.0, list.len() as u64);
                            prop_assert_eq!(placed, Placed::At { shard, sequence });
                        }
                    }
                }
                Step::Restart => stream = open(&disk),
                Step::Retain(settled) => {
                    let retention = Retention { age_ns: Some(3), bytes: None };
                    let settled = [settled; 2];
                    most = settled[0].max(most);
                    stream.retain(Timestamp(number as i64), retention, &settled).unwrap();
                    prop_assert!((0..2).all(|shard| stream.oldest(shard) <= most + 1));
                }
            }
            for (shard, list) in (0..).zip(&lists) {
                let oldest = stream.oldest(shard);
                let read = all(&stream, shard, 5);
                prop_assert_eq!(read.len() as u64, list.len() as u64 + 1 - oldest);
                for (number, data) in read {
                    prop_assert_eq!(&data, &list[number as usize - 1]);
                }
            }
        }
    }
}
