//! The log after crashes, rot, cuts and a full disk.

use proptest::prelude::*;

use super::*;
use crate::disk::{RecordedDisk, SECTOR};

const SMALL: Settings = Settings { segment_bytes: 8 * 1024, reserve_bytes: 0, identity: 5 };
const CARRY: &[u8] = b"carried";

fn folder() -> &'static Path {
    Path::new("log")
}

/// Opens and gives all bodies.
fn open(disk: &RecordedDisk) -> Result<(Log<RecordedDisk>, Vec<Vec<u8>>), Error> {
    let mut bodies = Vec::new();
    let mut visit = |frame: &Frame<'_>| {
        if frame.kind == OPENING {
            assert_eq!(frame.body, CARRY);
        } else {
            bodies.push(frame.body.to_vec());
        }
        Ok(())
    };
    let log = Log::open(disk.clone(), folder(), SMALL, CARRY, &mut visit)?;
    Ok((log, bodies))
}

fn append(log: &mut Log<RecordedDisk>, body: &[u8]) -> Result<Place, Error> {
    log.append(1, body, || CARRY.to_vec())
}

fn path(segment: u64) -> PathBuf {
    folder().join(segment::name(segment))
}

/// A log of some segments, with the places of its frames.
fn filled(disk: &RecordedDisk) -> Vec<Place> {
    let (mut log, _) = open(disk).unwrap();
    let bodies = (1..=24_u8).map(|number| vec![number; 150 * usize::from(number)]);
    let places = bodies.map(|body| {
        let place = append(&mut log, &body).unwrap();
        log.commit().unwrap();
        place
    });
    places.collect()
}

#[test]
fn what_was_committed_is_read_again_in_order_and_by_place() {
    let disk = RecordedDisk::default();
    let places = filled(&disk);
    let (log, bodies) = open(&disk).unwrap();
    assert!(log.end().segment > 3, "{}", log.end());
    assert_eq!(bodies.len(), 24);
    let mut buffer = Vec::new();
    for (place, body) in places.iter().zip(&bodies) {
        assert_eq!(log.reader().read(*place, &mut buffer).unwrap(), body);
    }
}

#[test]
fn a_flipped_bit_in_acknowledged_bytes_is_refused_with_its_place() {
    let disk = RecordedDisk::default();
    let places = filled(&disk);
    let (log, _) = open(&disk).unwrap();
    let opening = frame::size(segment::CAPACITY + CARRY.len());
    for segment in 1..=log.end().segment {
        let here = places.iter().filter(|place| place.at.segment == segment);
        let end = here.map(|place| place.at.offset as usize + frame::size(place.length as usize));
        let end = end.max().unwrap_or(opening);
        for bit in (segment as usize..end * 8).step_by(37) {
            let rotten = disk.copied();
            rotten.rot(&path(segment), |bytes| bytes[bit / 8] ^= 1 << (bit % 8));
            match open(&rotten) {
                Err(Error::Damaged { segment: named, offset, .. }) => {
                    assert_eq!(named, segment, "bit {bit}");
                    assert!(offset <= bit as u64 / 8, "bit {bit} is named at {offset}");
                }
                other => panic!("bit {bit} of segment {segment}: {:?}", other.map(|_| ())),
            }
        }
    }
}

#[test]
fn a_frame_that_is_gone_below_a_later_one_is_damage_and_not_a_torn_tail() {
    let disk = RecordedDisk::default();
    let places = filled(&disk);
    let (log, _) = open(&disk).unwrap();
    let (last, before) = places.split_last().unwrap();
    for place in before {
        let rotten = disk.copied();
        rotten.rot(&path(place.at.segment), |bytes| {
            let begin = place.at.offset as usize;
            bytes[begin..begin + frame::size(place.length as usize)].fill(0);
        });
        let named = open(&rotten).map(|_| ()).unwrap_err();
        let Error::Damaged { segment, offset, .. } = named else { panic!("{named}") };
        assert_eq!(Mark { segment, offset }, place.at);
    }
    // Of the last one nothing in the log itself is left to tell.
    let cut = disk.copied();
    cut.rot(&path(last.at.segment), |bytes| bytes[last.at.offset as usize..].fill(0));
    assert_eq!(open(&cut).unwrap().1.len(), before.len());
    // Its close mark is.
    log.close().unwrap();
    disk.rot(&path(last.at.segment), |bytes| bytes[last.at.offset as usize..].fill(0));
    let error = open(&disk).map(|_| ()).unwrap_err();
    assert!(matches!(error, Error::Cut { .. }), "{error}");
}

#[test]
fn a_segment_that_is_missing_is_damage() {
    let disk = RecordedDisk::default();
    filled(&disk);
    disk.remove(&path(2)).unwrap();
    let error = open(&disk).map(|_| ()).unwrap_err();
    assert!(matches!(error, Error::Damaged { segment: 1, .. }), "{error}");
}

#[test]
fn a_file_that_ends_in_its_unused_part_is_made_whole_again() {
    let disk = RecordedDisk::default();
    let places = filled(&disk);
    let last = *places.last().unwrap();
    let end = last.at.offset as usize + frame::size(last.length as usize);
    disk.rot(&path(last.at.segment), |bytes| bytes.truncate(end + 100));
    let (mut log, bodies) = open(&disk).unwrap();
    assert_eq!(bodies.len(), 24);
    append(&mut log, b"goes on").unwrap();
    log.commit().unwrap();
    assert_eq!(open(&disk).unwrap().1.len(), 25);
}

#[test]
fn a_newer_format_is_refused_and_nothing_is_written() {
    let disk = RecordedDisk::default();
    let places = filled(&disk);
    let last = *places.last().unwrap();
    disk.rot(&path(last.at.segment), |bytes| {
        let header = &mut bytes[last.at.offset as usize..][..frame::HEADER];
        header[5] = 2;
        let checksum = domain::hash::row(&header[..frame::HEADER - 16]);
        header[frame::HEADER - 16..].copy_from_slice(&checksum.to_be_bytes());
    });
    disk.record();
    let error = open(&disk).map(|_| ()).unwrap_err();
    assert!(matches!(error, Error::NewerFormat { found: 2, known: 1, .. }), "{error}");
    assert_eq!(disk.operations(), 0);
}

#[test]
fn a_log_of_another_identity_is_refused() {
    let disk = RecordedDisk::default();
    filled(&disk);
    let settings = Settings { identity: 6, ..SMALL };
    let mut visit = |_: &Frame<'_>| Ok(());
    let opened = Log::open(disk, folder(), settings, CARRY, &mut visit);
    assert!(matches!(opened.map(|_| ()).unwrap_err(), Error::Foreign { .. }));
}

#[test]
fn a_full_disk_refuses_the_next_frame_and_tears_nothing() {
    let disk = RecordedDisk::default();
    disk.limit(3 * SMALL.segment_bytes);
    let (mut log, _) = open(&disk).unwrap();
    let mut stored = 0;
    let error = loop {
        match append(&mut log, &[7; 900]).and_then(|_| log.commit()) {
            Ok(()) => stored += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(error, Error::DiskFull { .. }), "{error}");
    assert!(stored > 10);
    assert_eq!(open(&disk).unwrap().1.len(), stored);
    disk.limit(9 * SMALL.segment_bytes);
    append(&mut log, b"room again").unwrap();
    log.commit().unwrap();
    assert_eq!(open(&disk).unwrap().1.len(), stored + 1);
}

#[test]
fn a_spare_segment_is_made_once_the_current_one_is_half_full_and_then_used() {
    let disk = RecordedDisk::default();
    let (mut log, _) = open(&disk).unwrap();
    assert_eq!(log.spare().prepare(), Ok(false));
    while log.end().offset <= SMALL.segment_bytes / 2 {
        append(&mut log, &[1; 500]).unwrap();
    }
    log.commit().unwrap();
    assert_eq!(log.spare().prepare(), Ok(true));
    assert_eq!(log.spare().prepare(), Ok(false));
    // No room is needed any more, and nothing but the opening frame is written.
    disk.limit(2 * SMALL.segment_bytes);
    while log.end().segment == 1 {
        append(&mut log, &[2; 500]).unwrap();
    }
    log.commit().unwrap();
    let names = disk.list(folder()).unwrap();
    assert_eq!(names, ["000000000001.log", "000000000002.log"]);
    // One that a crash left behind is removed.
    disk.limit(u64::MAX);
    log.spare.want(true);
    assert_eq!(log.spare().prepare(), Ok(true));
    drop(log);
    let (_, bodies) = open(&disk).unwrap();
    assert_eq!(disk.list(folder()).unwrap(), names);
    assert_eq!(bodies.len(), 8, "all frames are there");
}

#[test]
fn a_failed_sync_stops_the_log_for_good() {
    let disk = RecordedDisk::default();
    let (mut log, _) = open(&disk).unwrap();
    disk.fail_after(0);
    append(&mut log, b"unknown").unwrap();
    assert!(matches!(log.commit(), Err(Error::Sync { .. })));
    disk.fail_after(u64::MAX);
    assert!(matches!(log.commit(), Err(Error::Stopped { .. })));
    assert!(matches!(append(&mut log, b"never"), Err(Error::Stopped { .. })));
}

#[test]
fn segments_go_oldest_first_and_the_rest_opens() {
    let disk = RecordedDisk::default();
    let places = filled(&disk);
    let (mut log, _) = open(&disk).unwrap();
    log.drop_before(3).unwrap();
    assert_eq!(log.oldest(), 3);
    let gone = log.reader().read(places[0], &mut Vec::new()).map(<[u8]>::to_vec);
    assert!(matches!(gone, Err(Error::Gone { segment: 1, .. })));
    let (_, bodies) = open(&disk).unwrap();
    let left = places.iter().filter(|place| place.at.segment >= 3).count();
    assert_eq!(bodies.len(), left);
}

#[test]
fn a_body_that_looks_like_a_frame_is_never_taken_for_one() {
    let disk = RecordedDisk::default();
    let (mut log, _) = open(&disk).unwrap();
    append(&mut log, b"first").unwrap();
    log.commit().unwrap();
    let bytes = disk.read(&path(1)).unwrap().unwrap();
    // The whole segment so far, shifted by sectors inside the next body.
    let mut body = vec![0; SECTOR - frame::HEADER];
    body.extend_from_slice(&bytes[..4 * SECTOR]);
    disk.record();
    append(&mut log, &body).unwrap();
    log.commit().unwrap();
    let mut crashes = disk.crashes();
    crashes.step();
    for lost in 0..crashes.unsynced() {
        let torn = crashes.disk(|number| number != lost);
        let (_, bodies) = open(&torn).unwrap();
        assert_eq!(bodies, [b"first"]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(192)
    })]

    /// Whatever is appended in whatever groups, a crash at any place keeps all that was committed
    /// and of the rest a beginning, and a crash in the repair changes nothing of that.
    #[test]
    fn a_crash_anywhere_keeps_what_was_committed(
        groups in prop::collection::vec(prop::collection::vec(0..2_500_usize, 1..5), 1..8),
        place in 0.0..1.0_f64,
        keep in any::<u64>(),
        again in any::<u64>(),
    ) {
        let disk = RecordedDisk::default();
        let (mut log, _) = open(&disk).unwrap();
        disk.record();
        let (mut bodies, mut committed) = (Vec::new(), vec![(0, 0)]);
        for group in groups {
            for length in group {
                let number = bodies.len() as u8;
                let body: Vec<_> = (0..length).map(|at| (at / 700) as u8 * number).collect();
                append(&mut log, &body).unwrap();
                bodies.push(body);
            }
            log.commit().unwrap();
            committed.push((disk.operations(), bodies.len()));
        }
        let mut crashes = disk.crashes();
        while crashes.passed() < (place * disk.operations() as f64) as usize && crashes.step() {}
        let known = committed.iter().rfind(|known| known.0 <= crashes.passed()).unwrap().1;
        let crashed = crashes.disk(|number| keep >> (number % 61) & 1 == 1);
        crashed.record();
        let (_, found) = open(&crashed).unwrap();
        prop_assert!(found.len() >= known);
        prop_assert_eq!(&found[..], &bodies[..found.len()]);
        let mut repair = crashed.crashes();
        loop {
            let twice = repair.disk(|number| again >> (number % 61) & 1 == 1);
            let (_, second) = open(&twice).unwrap();
            prop_assert!(second.len() >= known);
            prop_assert_eq!(&second[..], &bodies[..second.len()]);
            if !repair.step() {
                break;
            }
        }
    }
}
