//! The venues' drop copy, on the stream `executions`: a report as the reconciler is told of it.
//!
//! Entry points: [`encode`], [`parse`]. A drop copy bears the same fields as a report on
//! `orders`; its header has no hops.

use domain::inbound::DecodeFault;
use prost::Message as _;

use crate::generated::executions::v1 as proto;
use crate::message::{ExecutionReport, Header, moment, report_of, report_to, time};

/// The bytes of a drop copy: canonical, the same for equal reports.
#[must_use]
pub fn encode(report: &ExecutionReport) -> Vec<u8> {
    let header = &report.header;
    proto::DropCopy {
        sender: header.sender.clone(),
        account: header.account.clone(),
        sequence: header.sequence,
        sending_time: time(header.sending_time),
        poss_resend: header.poss_resend,
        report: Some(report_to(report)),
    }
    .encode_to_vec()
}

/// Reads a drop copy (a user record, where records are aggregated).
///
/// # Errors
/// The fault that the same report would have on `orders`.
pub fn parse(bytes: &[u8]) -> Result<ExecutionReport, DecodeFault> {
    crate::orders::check_outside(bytes)?;
    let copy = proto::DropCopy::decode(bytes).map_err(|_| DecodeFault::Protobuf)?;
    let header = Header {
        sender: copy.sender,
        account: copy.account,
        sequence: copy.sequence,
        sending_time: moment(copy.sending_time),
        poss_resend: copy.poss_resend,
        hops: 0,
    };
    let report = report_of(header, copy.report.ok_or(DecodeFault::Body)?);
    let header = &report.header;
    if ![&header.sender, &header.account].into_iter().all(|id| crate::orders::is_identity(id)) {
        return Err(DecodeFault::Identity);
    }
    report.check()?;
    Ok(report)
}
