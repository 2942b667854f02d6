//! Times on the wire.

use domain::ClockSource;

use super::Times;
use crate::generated::events::v1 as proto;
use crate::message::{moment, time};

/// Times on the wire; none is left out.
pub(super) fn to(times: &Times) -> Option<proto::Times> {
    (*times != Times::default()).then(|| proto::Times {
        client_send: time(times.client_send),
        stream_arrival: time(times.stream_arrival),
        router_receive: time(times.router_receive),
        risk_decision: time(times.risk_decision),
        route_send: time(times.route_send),
        venue_ack: time(times.venue_ack),
        execution: time(times.execution),
        persist: time(times.persist),
        emit: time(times.emit),
        clock_source: times.clock_source as u32,
        clock_error: times.clock_error_ns,
    })
}

/// Times from the wire.
pub(super) fn of(times: Option<proto::Times>) -> Times {
    times.map_or_else(Times::default, |times| Times {
        client_send: moment(times.client_send),
        stream_arrival: moment(times.stream_arrival),
        router_receive: moment(times.router_receive),
        risk_decision: moment(times.risk_decision),
        route_send: moment(times.route_send),
        venue_ack: moment(times.venue_ack),
        execution: moment(times.execution),
        persist: moment(times.persist),
        emit: moment(times.emit),
        clock_source: ClockSource::of_code(u8::try_from(times.clock_source).unwrap_or(0)),
        clock_error_ns: times.clock_error,
    })
}
