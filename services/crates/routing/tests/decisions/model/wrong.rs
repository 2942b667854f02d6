//! Wrong transitions, each as one change of the order's row after a step: what it would be if the
//! books did that.

use books::{Books, OrderRow, Phase};
use domain::{ExecType, Quantity};

use super::facts::Kind;
use super::step::{self, Step};
use super::{Case, capacity, rules};

/// A wrong transition.
pub(super) struct Wrong {
    pub(super) name: &'static str,
    /// The rule that must catch it.
    pub(super) breaks: &'static str,
    /// Changes the row after a step, where it is one that the transition is about.
    change: fn(&Case, Step, &mut OrderRow) -> bool,
}

/// All of them.
pub(super) const ALL: &[Wrong] = &[
    Wrong {
        name: "a late acknowledgement resurrects a finished order",
        breaks: "a finished order stays finished",
        change: |case, step, row| {
            let late = step == Step::Says(ExecType::New) && case.facts.ended.is_some();
            late && set(&mut row.phase, Phase::Live)
        },
    },
    Wrong {
        name: "a bust revives a cancelled order",
        breaks: "a finished order stays finished",
        change: |case, step, row| {
            let bust = matches!(step, Step::Bust(_)) && case.facts.ended.is_some();
            bust && set(&mut row.phase, Phase::Live)
        },
    },
    Wrong {
        name: "a cancel beats the fill that it crosses",
        breaks: "an order that is filled has nothing left to end",
        change: |case, step, row| {
            let ends = case.facts.is_filled() && rules::ends(step) && case.facts.ended.is_none();
            ends && set(&mut row.phase, Phase::Canceled)
        },
    },
    Wrong {
        name: "a replace takes effect when it is asked for",
        breaks: "a request changes nothing before its answer",
        change: |case, step, row| match step {
            Step::Replace(lots) if case.facts.admits(step) && lots > case.facts.cum() => {
                set(&mut row.order_qty, Quantity::whole(lots))
            }
            _ => false,
        },
    },
    Wrong {
        name: "a replace to less than CumQty is taken at its word",
        breaks: "what is filled is filled, whatever OrderQty is asked for",
        change: |case, step, row| match step {
            Step::Done(at) => {
                let asked = case.facts.pending[at];
                let under = asked.kind == Kind::Replace && asked.lots < case.facts.cum();
                under && set(&mut row.order_qty, Quantity::whole(asked.lots))
            }
            _ => false,
        },
    },
    Wrong {
        name: "a bust leaves CumQty as it was",
        breaks: "a trade, its bust or its correction alone moves CumQty",
        change: |case, step, row| {
            matches!(step, Step::Bust(_)) && set(&mut row.cum_qty, lots(case.facts.cum()))
        },
    },
    Wrong {
        name: "a fill that is repeated counts twice",
        breaks: "what isn't let through changes nothing",
        change: |_, step, row| {
            let (cum, room) = (row.cum_qty, row.leaves_qty().0 > 0);
            room && step == Step::FillAgain && set(&mut row.cum_qty, cum.plus(lots(1)))
        },
    },
    Wrong {
        name: "a fill beyond the order counts",
        breaks: "what isn't let through changes nothing",
        change: |case, step, row| match step {
            Step::Fill(more) if !case.facts.admits(step) => {
                let cum = row.cum_qty;
                set(&mut row.cum_qty, cum.plus(lots(more)))
            }
            _ => false,
        },
    },
    Wrong {
        name: "a refused replace ends the order",
        breaks: "a refused change leaves the order as it was",
        change: |case, step, row| match step {
            Step::Refused(at) if case.facts.pending[at].kind == Kind::Replace => {
                (row.pending_replaces, row.pending_cancels) = (0, 0);
                set(&mut row.phase, Phase::Rejected)
            }
            _ => false,
        },
    },
    Wrong {
        name: "a fill ends a pending cancel",
        breaks: "a request is pending until it is answered or its order ends",
        change: |case, step, row| {
            let fill = matches!(step, Step::Fill(_)) && case.facts.admits(step);
            fill && row.pending_cancels > 0 && set(&mut row.pending_cancels, 0)
        },
    },
    Wrong {
        name: "an order for the day outlives it",
        breaks: "DAY orders end with their day, GTC orders don't",
        change: |case, step, row| {
            let ends = step == Step::DayEnd && !case.facts.lasting && case.facts.admits(step);
            ends && set(&mut row.phase, Phase::Live)
        },
    },
    Wrong {
        name: "a lasting order expires with its day",
        breaks: "DAY orders end with their day, GTC orders don't",
        change: |case, step, row| {
            let ends = step == Step::DayEnd && case.facts.lasting && case.facts.admits(step);
            (row.pending_replaces, row.pending_cancels) = (0, 0);
            ends && set(&mut row.phase, Phase::Expired)
        },
    },
    Wrong {
        name: "a rejection takes back what was filled",
        breaks: "OrdStatus and quantities follow from what happened",
        change: |case, step, row| {
            let refused = step == Step::Says(ExecType::Rejected) && row.phase == Phase::Canceled;
            refused && case.facts.ended.is_none() && set(&mut row.phase, Phase::Rejected)
        },
    },
];

fn set<T>(place: &mut T, value: T) -> bool {
    *place = value;
    true
}

fn lots(count: i64) -> Quantity {
    Quantity::whole(count)
}

impl Wrong {
    /// The books as this transition would leave them; `None` where a step isn't its own.
    pub(super) fn switch(&self, before: &Case, step: Step, after: &Case) -> Option<Books> {
        let mut row = *after.row()?;
        (self.change)(before, step, &mut row).then_some(())?;
        let mut rows = Vec::new();
        after.books.write_rows(&mut rows);
        write(&row, &mut rows);
        let books = Books::from_rows(&capacity(), &rows).expect("the rows are rows");
        let kept = books.order(step::order()).expect("it is there");
        let of = |row: &OrderRow| (row.phase, row.order_qty, row.cum_qty, row.pending_cancels);
        assert_eq!(of(kept), of(&row), "the row's fields lie elsewhere");
        Some(books)
    }
}

/// Writes the order's changed fields over its canonical row, which holds them at fixed places.
fn write(row: &OrderRow, rows: &mut [u8]) {
    let mut key = vec![5];
    key.extend(row.id.0.to_be_bytes());
    let start = rows.windows(key.len()).position(|bytes| bytes == key).expect("its row is there");
    // Six numbers of 16 bytes stand between its id and its symbol.
    let quantities =
        start + key.len() + 6 * 16 + row.symbol.padded().len() + row.venue.padded().len();
    let mut put = |at: usize, bytes: &[u8]| {
        rows[quantities + at..][..bytes.len()].copy_from_slice(bytes);
    };
    put(0, &row.order_qty.0.to_be_bytes());
    put(16, &row.cum_qty.0.to_be_bytes());
    put(72, &row.pending_cancels.to_be_bytes());
    put(74, &row.pending_replaces.to_be_bytes());
    put(79, &[row.phase as u8]);
}
