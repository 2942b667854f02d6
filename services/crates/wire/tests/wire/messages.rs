//! Any message is written as the schema says, canonically, and read back as it was.

use domain::{
    ClockSource, ExecType, LaneId, Mic, Notional, OrdStatus, OrdType, OrderId, Position, Price,
};
use domain::{Quantity, Sequence, Side, TimeInForce, Timestamp, TradeDate};
use proptest::prelude::*;
use wire::events::{DeadLetter, DeadLetterKind, LifeCycle, LifeCycleKind, OrderView, Place, Times};
use wire::message::OrderStatusRequest;
use wire::message::{Coded, ExecutionReport, Header, Message, NewOrderSingle};
use wire::message::{OrderCancelReplaceRequest, OrderCancelRequest, OrderMassCancelRequest};
use wire::venue::VenueOrder;

use crate::{checks, schema};

fn id() -> impl Strategy<Value = String> {
    "[!-~]{1,32}"
}

fn id_or_none() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), id()]
}

fn time() -> impl Strategy<Value = Timestamp> {
    (0..i64::MAX).prop_map(Timestamp)
}

fn mic() -> impl Strategy<Value = String> {
    "[A-Z0-9]{4}"
}

fn coded<T: Copy + std::fmt::Debug + 'static>(all: &'static [T]) -> BoxedStrategy<Coded<T>> {
    prop_oneof![
        Just(Coded::Absent),
        prop::sample::select(all).prop_map(Coded::Known),
        // No FIX character has such a number.
        prop_oneof![200..i32::MAX, i32::MIN..0].prop_map(Coded::Unknown),
    ]
    .boxed()
}

fn known<T: Copy + std::fmt::Debug + 'static>(all: &'static [T]) -> BoxedStrategy<Option<T>> {
    prop::option::of(prop::sample::select(all)).boxed()
}

prop_compose! {
    fn header()(
        (sender, account) in (id(), id()),
        (sequence, sending_time) in (any::<u64>(), time()),
        (poss_resend, hops) in (any::<bool>(), any::<u32>()),
    ) -> Header {
        Header { sender, account, sequence, sending_time, poss_resend, hops }
    }
}

prop_compose! {
    fn new()(
        (header, cl_ord_id, transact_time) in (header(), id(), time()),
        // Whatever stands here is a fault of the order, not of the record.
        (symbol, ex_destination, executing_firm) in (".{0,14}", ".{0,5}", ".{0,34}"),
        side in coded(Side::ALL),
        ord_type in coded(OrdType::ALL),
        time_in_force in coded(TimeInForce::ALL),
        (order_qty, price) in (any::<i64>().prop_map(Quantity), any::<i64>().prop_map(Price)),
        (client, trader, desk, strategy) in (".{0,34}", ".{0,34}", ".{0,34}", ".{0,34}"),
        (expire_time, blocked_venues) in (time(), prop::collection::vec("[A-Z]{3,5}", 0..6)),
    ) -> NewOrderSingle {
        NewOrderSingle {
            header, cl_ord_id, transact_time, symbol, side, ord_type, time_in_force, order_qty,
            price, ex_destination, executing_firm, client, trader, desk, strategy, expire_time,
            blocked_venues,
        }
    }
}

prop_compose! {
    fn report()(
        (header, target_comp_id, cl_ord_id) in (header(), id(), id()),
        (orig_cl_ord_id, exec_id, exec_ref_id) in (id_or_none(), id(), id_or_none()),
        (transact_time, last_mkt, trade_date) in (time(), mic(), 1..2_932_897),
        exec_type in prop::sample::select(ExecType::ALL),
        ord_status in prop::sample::select(OrdStatus::ALL),
        side in coded(Side::ALL),
        quantities in any::<[u32; 4]>(),
        prices in any::<[i64; 2]>(),
        (order_id, symbol, text) in (".{0,40}", ".{0,14}", ".{0,80}"),
        (ord_rej_reason, cxl_rej_reason, venue_seq) in (any::<u32>(), any::<u32>(), 1..u64::MAX),
        exec_restatement_reason in any::<Option<u32>>(),
    ) -> ExecutionReport {
        let [last_qty, order_qty, cum_qty, leaves_qty] =
            quantities.map(|whole| Quantity::whole(i64::from(whole)));
        let [last_px, price] = prices.map(Price);
        ExecutionReport {
            header, target_comp_id, cl_ord_id, orig_cl_ord_id, transact_time, exec_id,
            exec_ref_id, exec_type: exec_type.into(), ord_status: ord_status.into(), last_mkt,
            trade_date: TradeDate(trade_date), last_qty, last_px, order_qty, price, cum_qty,
            leaves_qty, order_id, symbol, side, ord_rej_reason, cxl_rej_reason, text, venue_seq,
            exec_restatement_reason,
        }
    }
}

fn message() -> impl Strategy<Value = Message> {
    let cancel = (header(), id(), time(), ".{0,34}").prop_map(
        |(header, cl_ord_id, transact_time, orig_cl_ord_id)| {
            OrderCancelRequest { header, cl_ord_id, transact_time, orig_cl_ord_id }.into()
        },
    );
    let replace = (header(), id(), time(), ".{0,34}", any::<[i64; 2]>()).prop_map(
        |(header, cl_ord_id, transact_time, orig_cl_ord_id, [quantity, price])| {
            let (order_qty, price) = (Quantity(quantity), Price(price));
            OrderCancelReplaceRequest {
                header,
                cl_ord_id,
                transact_time,
                orig_cl_ord_id,
                order_qty,
                price,
            }
            .into()
        },
    );
    let mass = (header(), id(), time(), ".{0,14}").prop_map(
        |(header, cl_ord_id, transact_time, symbol)| {
            OrderMassCancelRequest { header, cl_ord_id, transact_time, symbol }.into()
        },
    );
    let status = (header(), id(), time()).prop_map(|(header, cl_ord_id, transact_time)| {
        OrderStatusRequest { header, cl_ord_id, transact_time }.into()
    });
    prop_oneof![
        new().prop_map(Message::from),
        report().prop_map(Message::from),
        cancel,
        replace,
        mass,
        status
    ]
}

prop_compose! {
    fn place()(
        (lane, index) in (any::<u128>().prop_map(LaneId), any::<u64>()),
        (sequence, sub_sequence, arrival) in (any::<[u8; 24]>(), any::<u32>(), time()),
    ) -> Place {
        Place { lane, index, position: Position::new(Sequence(sequence), sub_sequence), arrival }
    }
}

prop_compose! {
    fn times()(
        [client_send, stream_arrival, router_receive] in [time(), time(), time()],
        [risk_decision, route_send, venue_ack] in [time(), time(), time()],
        [execution, persist, emit] in [time(), time(), time()],
        clock_source in prop::sample::select(ClockSource::ALL),
        clock_error_ns in any::<u32>(),
    ) -> Times {
        Times {
            client_send, stream_arrival, router_receive, risk_decision, route_send, venue_ack,
            execution, persist, emit, clock_source, clock_error_ns,
        }
    }
}

prop_compose! {
    fn event()(
        (number, order) in (any::<u128>(), any::<u128>().prop_map(OrderId)),
        kind in prop::sample::select(LifeCycleKind::ALL),
        place in place(),
        texts in any::<[String; 5]>(),
        (rev, configuration, venue_seq) in (any::<u64>(), any::<u64>(), any::<u64>()),
        (ord_status, exec_type) in (known(OrdStatus::ALL), known(ExecType::ALL)),
        amounts in any::<[i64; 7]>(),
        venue in mic(),
        (reasons, text) in (prop::collection::vec("[A-Z_]{1,20}", 0..4), ".{0,80}"),
        (ord_rej_reason, cxl_rej_reason, orders) in (any::<u32>(), any::<u32>(), any::<u32>()),
        (exec_restatement_reason, times) in (any::<Option<u32>>(), times()),
    ) -> LifeCycle {
        let [sender, account, cl_ord_id, orig_cl_ord_id, exec_id] = texts;
        let [order_qty, cum_qty, leaves_qty, last_qty, price, day_order_qty, day_cum_qty] =
            amounts.map(Quantity);
        LifeCycle {
            id: number, kind, place, sender, account, cl_ord_id, orig_cl_ord_id, order, rev,
            configuration, ord_status, exec_type, exec_id, order_qty, cum_qty, leaves_qty,
            last_qty, last_px: Price(price.0), venue: Mic::new(&venue).unwrap(), venue_seq,
            reasons, ord_rej_reason, cxl_rej_reason, text, orders, day_order_qty, day_cum_qty,
            exec_restatement_reason, times,
        }
    }
}

prop_compose! {
    fn view()(
        (order, rev, rule) in (any::<u128>().prop_map(OrderId), any::<u64>(), any::<u32>()),
        texts in any::<[String; 5]>(),
        (side, ord_type) in (known(Side::ALL), known(OrdType::ALL)),
        time_in_force in known(TimeInForce::ALL),
        ord_status in prop::sample::select(OrdStatus::ALL),
        amounts in any::<[i64; 6]>(),
        (cum_notional, venue) in (any::<i128>().prop_map(Notional), mic()),
        (configuration, venue_seq) in (any::<u64>(), any::<u64>()),
        reasons in prop::collection::vec("[A-Z_]{1,20}", 0..4),
        (transact_time, decided, changed, times) in (time(), place(), place(), times()),
    ) -> OrderView {
        let [sender, account, cl_ord_id, root_cl_ord_id, symbol] = texts;
        let [order_qty, cum_qty, leaves_qty, price, day_order_qty, day_cum_qty] =
            amounts.map(Quantity);
        OrderView {
            order, rev, sender, account, cl_ord_id, root_cl_ord_id, symbol, side, ord_type,
            time_in_force, ord_status, order_qty, cum_qty, leaves_qty, price: Price(price.0),
            cum_notional, venue: Mic::new(&venue).unwrap(), rule, configuration, venue_seq,
            reasons, transact_time, decided, changed, day_order_qty, day_cum_qty, times,
        }
    }
}

proptest! {
    #[test]
    fn every_message_comes_back_and_is_canonical(message in message()) {
        let bytes = wire::message::encode(&message);
        let canonical = schema::canonical("orderflow.orders.v1.Envelope", &bytes);
        prop_assert_eq!(&canonical, &bytes);
        prop_assert_eq!(wire::message::parse(&bytes), Ok(message));
        checks::orders(&bytes);
    }

    #[test]
    fn every_drop_copy_comes_back_and_is_canonical(mut report in report()) {
        report.header.hops = 0;
        let bytes = wire::executions::encode(&report);
        let canonical = schema::canonical("orderflow.executions.v1.DropCopy", &bytes);
        prop_assert_eq!(&canonical, &bytes);
        prop_assert_eq!(wire::executions::parse(&bytes), Ok(report));
    }

    #[test]
    fn two_halves_in_the_other_order_are_read_alike(
        message in message(),
        middle in any::<prop::sample::Index>(),
    ) {
        let bytes = wire::message::encode(&message);
        // Cut between fields, or anywhere: then both readers refuse it alike.
        let cut = middle.index(bytes.len() + 1);
        let turned = [&bytes[cut..], &bytes[..cut]].concat();
        checks::orders(&turned);
    }

    #[test]
    fn every_event_comes_back_and_is_canonical(event in event()) {
        let bytes = event.encode();
        let canonical = schema::canonical("orderflow.events.v1.LifeCycle", &bytes);
        prop_assert_eq!(&canonical, &bytes);
        prop_assert_eq!(LifeCycle::decode(&bytes), Ok(event));
    }

    #[test]
    fn every_row_of_the_view_comes_back_and_is_canonical(view in view()) {
        let bytes = view.encode();
        let canonical = schema::canonical("orderflow.events.v1.OrderView", &bytes);
        prop_assert_eq!(&canonical, &bytes);
        prop_assert_eq!(OrderView::decode(&bytes), Ok(view));
    }

    #[test]
    fn every_dead_letter_and_venue_order_comes_back(
        (place, text, data) in (place(), ".{0,80}", prop::collection::vec(any::<u8>(), 0..90)),
        (number, hash, length) in (any::<u128>(), any::<u128>(), any::<u32>()),
        (account, venue, venue_seq) in (id(), mic(), 1..u64::MAX),
        voids in any::<bool>(),
    ) {
        let kind = DeadLetterKind::Refused;
        let letter = DeadLetter { id: number, kind, place, text, hash, length, data: data.clone() };
        prop_assert_eq!(DeadLetter::decode(&letter.encode()), Ok(letter));
        let request = Some(data).filter(|data| !voids && !data.is_empty());
        let (order, venue) = (OrderId(hash), Mic::new(&venue).unwrap());
        let output = VenueOrder { venue_seq, id: number, order, account, venue, request };
        let bytes = wire::venue::encode(&output);
        let canonical = schema::canonical("orderflow.orders.v1.VenueOrder", &bytes);
        prop_assert_eq!(&canonical, &bytes);
        prop_assert_eq!(wire::venue::parse(&bytes), Ok(output));
    }
}

#[test]
fn a_text_that_is_too_long_is_cut_between_characters() {
    let text = "é".repeat(400);
    let event = LifeCycle { text, ..LifeCycle::default() };
    let read = LifeCycle::decode(&event.encode()).unwrap();
    assert_eq!(read.text, "é".repeat(wire::limits::TEXT_BYTES_MAX / 2));
}
