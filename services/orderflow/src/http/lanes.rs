//! `/v1/lanes`: what lanes do; splitting, merging, draining and releasing them.
//!
//! Entry points: [`routes`].

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;

use super::{Edge, answer};
use crate::ask::Ask;

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Place {
    at: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pair {
    low: u32,
    high: u32,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Patience {
    /// Seconds.
    wait: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// The routes below `/v1/lanes`.
pub(super) fn routes() -> Router<Edge> {
    Router::new()
        .route("/v1/lanes", get(list))
        .route("/v1/lanes/merge", post(merge))
        .route("/v1/lanes/{lane}", get(show))
        .route("/v1/lanes/{lane}/split", post(split))
        .route("/v1/lanes/{lane}/drain", post(drain))
        .route("/v1/lanes/{lane}/release", post(release))
}

async fn list(State(edge): State<Edge>) -> Response {
    answer(edge, Ask::Lanes, StatusCode::OK).await
}

async fn show(State(edge): State<Edge>, Path(lane): Path<u32>) -> Response {
    answer(edge, Ask::Lane { lane }, StatusCode::OK).await
}

async fn split(
    State(edge): State<Edge>,
    Path(lane): Path<u32>,
    Json(Place { at }): Json<Place>,
) -> Response {
    answer(edge, Ask::Split { lane, at }, StatusCode::OK).await
}

async fn merge(State(edge): State<Edge>, Json(Pair { low, high }): Json<Pair>) -> Response {
    answer(edge, Ask::Merge { lanes: [low, high] }, StatusCode::OK).await
}

async fn drain(
    State(edge): State<Edge>,
    Path(lane): Path<u32>,
    Json(Patience { wait }): Json<Patience>,
) -> Response {
    answer(edge, Ask::Drain { lane, wait }, StatusCode::OK).await
}

async fn release(
    State(edge): State<Edge>,
    Path(lane): Path<u32>,
    Json(Nothing {}): Json<Nothing>,
) -> Response {
    answer(edge, Ask::ReleaseLane { lane }, StatusCode::OK).await
}
