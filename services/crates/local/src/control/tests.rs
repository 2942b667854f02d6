//! The control table: what is kept, who may approve what, and the chain of records.

use super::*;
use crate::disk::RecordedDisk;

fn set(number: u64, text: &str) -> Proposed {
    Proposed::Set(kept(number, text))
}

fn kept(number: u64, text: &str) -> KeptSet {
    KeptSet { number, hash: domain::hash::content(&[text.as_bytes()]), text: text.to_owned() }
}

fn by(subject: &str) -> By {
    By { subject: subject.to_owned(), reason: "a test".to_owned(), at: Timestamp(7) }
}

fn switch(state: TradingState) -> Proposed {
    Proposed::State { scope: Scope::Symbol, target: Text::new("ALC").unwrap(), state }
}

fn exemption() -> Proposed {
    let given = Override {
        account: AccountKey::of("A-1"),
        max_order_qty: Quantity::whole(5),
        until: Timestamp(9),
        count: 2,
        ..Override::default()
    };
    Proposed::Override { account: "A-1".to_owned(), given }
}

#[test]
fn what_was_changed_is_there_when_the_table_is_opened_again() {
    let (disk, path) = (RecordedDisk::default(), Path::new("control"));
    let control = LocalControl::open(disk.clone(), path).unwrap();
    control.enact(&by("ann"), set(1, "one")).unwrap();
    control.enact(&by("ann"), set(2, "two")).unwrap();
    control.enact(&by("ann"), switch(TradingState::Reducing)).unwrap();
    assert_eq!(control.change_day(TradeDate(18_260)).unwrap(), Some(1));
    assert_eq!(control.change_day(TradeDate(18_261)).unwrap(), Some(2));
    assert_eq!(control.change_day(TradeDate(18_261)).unwrap(), None);
    assert!(control.change_day(TradeDate(18_260)).is_err());
    let release = Proposed::Release { account: "A-1".to_owned() };
    assert_eq!(control.enact(&by("ann"), release).unwrap().given, 1);
    let waits = control.propose(&by("ann"), exemption()).unwrap();
    control.approve(&by("bob"), waits).unwrap();
    let refused = control.propose(&by("ann"), set(3, "three")).unwrap();
    control.refuse(&by("ann"), refused).unwrap();
    let waits = control.propose(&by("ann"), set(3, "other")).unwrap();
    let mut again = LocalControl::open(disk, path).unwrap();
    assert_eq!(again.sets_after(1).unwrap(), [(2, kept(2, "two").hash)]);
    assert_eq!(again.set(kept(1, "one").hash).unwrap().as_deref(), Some("one"));
    assert_eq!(again.kills_after(0).unwrap(), control.kills());
    assert_eq!(again.kills_after(1).unwrap(), []);
    assert_eq!(again.days_after(1).unwrap(), [(2, TradeDate(18_261))]);
    assert_eq!(again.releases_after(0).unwrap(), [(1, AccountKey::of("A-1"))]);
    assert_eq!(again.overrides_after(0).unwrap()[0].number, 1);
    assert_eq!(again.overrides_after(1).unwrap(), []);
    assert_eq!(again.proposals(), control.proposals());
    assert_eq!(again.proposals()[0].number, waits);
    assert_eq!(again.records(), control.records());
    assert_eq!(again.records().len(), 6);
}

#[test]
fn numbers_of_sets_grow() {
    let control = LocalControl::open(RecordedDisk::default(), Path::new("control")).unwrap();
    control.enact(&by("ann"), set(3, "three")).unwrap();
    let again = control.enact(&by("ann"), set(3, "other"));
    assert!(matches!(again, Err(Error::Control { .. })));
    assert_eq!(control.newest(), Some(kept(3, "three")));
}

#[test]
fn a_proposal_binds_only_after_another_subjects_approval() {
    let mut control = LocalControl::open(RecordedDisk::default(), Path::new("control")).unwrap();
    let number = control.propose(&by("ann"), set(1, "one")).unwrap();
    assert_eq!(control.sets_after(0).unwrap(), []);
    assert!(control.approve(&by("ann"), number).is_err());
    assert_eq!(control.proposals().len(), 1, "it waits for somebody else");
    let record = control.approve(&by("bob"), number).unwrap();
    assert_eq!(control.sets_after(0).unwrap().len(), 1);
    let who = (record.proposal.by.as_str(), record.approved_by.as_str(), record.approval);
    assert_eq!(who, ("ann", "bob", Approval::FourEyes));
    assert!(control.approve(&by("bob"), number).is_err(), "it waits no more");
}

#[test]
fn a_proposal_that_another_change_overtook_is_not_put_in_force() {
    let control = LocalControl::open(RecordedDisk::default(), Path::new("control")).unwrap();
    let late = control.propose(&by("ann"), set(1, "late")).unwrap();
    control.enact(&by("ann"), set(1, "one")).unwrap();
    assert!(control.approve(&by("bob"), late).is_err());
    assert_eq!(control.newest(), Some(kept(1, "one")));
    let record = control.refuse(&by("bob"), late).unwrap();
    assert_eq!((record.approval, record.given), (Approval::Refused, 0));
}

#[test]
fn records_hold_the_hash_of_the_one_before_and_any_change_breaks_the_chain() {
    let control = LocalControl::open(RecordedDisk::default(), Path::new("control")).unwrap();
    for number in 1..4 {
        control.enact(&by("ann"), set(number, "one")).unwrap();
    }
    let whole = |records: &[Record]| {
        let before = std::iter::once(None).chain(records.iter().map(Some));
        records.iter().zip(before).all(|(record, before)| record.follows(before))
    };
    let records = control.records();
    assert!(whole(&records));
    assert!(!whole(&records[1..]));
    let mut changed = records.clone();
    changed[1].proposal.by = "eve".to_owned();
    assert!(!whole(&changed));
    changed[1] = changed[1].clone().sealed();
    assert!(!whole(&changed), "the next one knows");
    let mut missing = records;
    missing.remove(1);
    assert!(!whole(&missing));
}

#[test]
fn a_cut_body_is_no_table() {
    let mut table = Table { sets: vec![kept(1, "one")], ..Table::default() };
    table.releases.push((1, "A".to_owned()));
    for what in [set(2, "two"), switch(TradingState::Halted), exemption()] {
        table.enact(by("ann").proposal(0, what), Approval::Single, &By::default()).unwrap();
    }
    table.proposals.push(by("bob").proposal(1, exemption()));
    let whole = table.bytes();
    assert_eq!(Table::read(&whole).unwrap().bytes(), whole);
    // Tables from before there were records end with the days, or before those.
    let (overrides, proposals, records) = (Vec::new(), Vec::new(), Vec::new());
    let empty = Table { overrides, proposals, records, ..table.clone() }.bytes().len();
    let older = [empty - 4 * 8, empty - 3 * 8];
    for length in older {
        let read = Table::read(&whole[..length]).unwrap();
        assert_eq!((read.sets.len(), read.kills.len(), read.records.len()), (2, 1, 0));
    }
    let mut others = (0..whole.len()).filter(|length| !older.contains(length));
    assert!(others.all(|length| Table::read(&whole[..length]).is_none()));
}

#[test]
fn a_reader_does_not_wait_for_a_change_that_is_being_written() {
    let control = LocalControl::open(RecordedDisk::default(), Path::new("control")).unwrap();
    let (told, kills) = std::sync::mpsc::channel();
    let mut reader = control.clone();
    let waited = control.change(|table| {
        let (scope, target) = (Scope::Symbol, Text::new("ALC").unwrap());
        let state = TradingState::Halted;
        table.kills.push(Kill { number: 1, scope, target, state });
        let read = move || told.send(reader.kills_after(0).unwrap().len());
        std::thread::Builder::new().spawn(read).unwrap();
        Ok(kills.recv_timeout(std::time::Duration::from_secs(20)))
    });
    assert_eq!(waited.unwrap(), Ok(0), "what isn't durable isn't seen");
    assert_eq!(control.kills().len(), 1);
}
