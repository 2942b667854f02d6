//! The naive pipeline: three tokio tasks, bounded channels, shared maps behind a lock, two workers.
#![expect(clippy::disallowed_types, reason = "a peer is measured as it is usually written")]

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use prost::Message;
use tokio::sync::mpsc;

use super::prost_decode::{Body, Envelope, NewOrderSingle};
use super::{Answer, MAX_NOTIONAL};
use crate::flow::Flow;

/// Depth of each channel.
const DEPTH: usize = 1_024;

/// Runs a flow through decode, decide and encode tasks.
///
/// # Panics
/// When the runtime can't be built or an order can't be decoded.
#[must_use]
pub fn run(flow: &Arc<Flow>) -> Answer {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build();
    let runtime = runtime.expect("a runtime with two workers");
    runtime.block_on(pipeline(Arc::clone(flow)))
}

async fn pipeline(flow: Arc<Flow>) -> Answer {
    let (decoded, mut orders) = mpsc::channel::<Envelope>(DEPTH);
    let (decided, mut admitted) = mpsc::channel::<Envelope>(DEPTH);
    let answer = Arc::new(Mutex::new(Answer::default()));
    let seen = Arc::new(Mutex::new(HashMap::<String, String>::new()));
    let decode = tokio::spawn(async move {
        for bytes in flow.orders() {
            let envelope = Envelope::decode(bytes).expect("the flow is well-formed");
            if decoded.send(envelope).await.is_err() {
                break;
            }
        }
    });
    let counted = Arc::clone(&answer);
    let decide = tokio::spawn(async move {
        while let Some(envelope) = orders.recv().await {
            let Some(Body::NewOrderSingle(order)) = &envelope.body else { continue };
            let key = format!("{}/{}/{}", envelope.sender, envelope.account, order.cl_ord_id);
            let passed = {
                let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
                let known = seen.insert(key, String::new()).is_some();
                count(&mut counted.lock().unwrap_or_else(PoisonError::into_inner), known, order)
            };
            if passed && decided.send(envelope).await.is_err() {
                break;
            }
        }
    });
    let encode = tokio::spawn(async move {
        while let Some(envelope) = admitted.recv().await {
            std::hint::black_box(envelope.encode_to_vec());
        }
    });
    for task in [decode, decide, encode] {
        task.await.expect("the task ends by itself");
    }
    let answer = answer.lock().unwrap_or_else(PoisonError::into_inner);
    *answer
}

fn count(answer: &mut Answer, known: bool, order: &NewOrderSingle) -> bool {
    let notional = i128::from(order.price) * i128::from(order.order_qty);
    if known {
        answer.repeated += 1;
    } else if notional > i128::from(MAX_NOTIONAL) * 10_000_000_000_000_000 {
        answer.refused += 1;
    } else {
        answer.admitted += 1;
        answer.notional += notional;
        return true;
    }
    false
}
