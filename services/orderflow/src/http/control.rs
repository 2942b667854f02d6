//! `/v1/control`: changes of what decisions are made under, and their records.
//!
//! Entry points: [`routes`].
//! Bodies name what is wanted; who wants it is the token's subject, and no field of a body says so.

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;

use super::{Edge, answer, answer_to};
use crate::ask::{Ask, Exemption};

/// A set to put in force.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Publication {
    text: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    dry_run: bool,
}

/// A trading state to set.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Switch {
    scope: String,
    #[serde(default)]
    target: String,
    state: Wanted,
    #[serde(default)]
    reason: String,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Wanted {
    Active,
    Reducing,
    Halted,
}

/// A halted account to release.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Release {
    account: String,
    #[serde(default)]
    reason: String,
}

/// Orders to let pass.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Overriding {
    exemption: Exemption,
    #[serde(default)]
    reason: String,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Why {
    reason: String,
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Page {
    after: u64,
    count: usize,
}

impl Default for Page {
    fn default() -> Self {
        Self { after: 0, count: 100 }
    }
}

/// The routes below `/v1/control`.
pub(super) fn routes() -> Router<Edge> {
    Router::new()
        .route("/v1/control", get(show))
        .route("/v1/control/sets", post(change::<Publication>))
        .route("/v1/control/states", post(change::<Switch>))
        .route("/v1/control/releases", post(change::<Release>))
        .route("/v1/control/overrides", post(change::<Overriding>))
        .route("/v1/control/proposals", get(proposals))
        .route("/v1/control/proposals/{number}/approve", post(approve))
        .route("/v1/control/proposals/{number}/refuse", post(refuse))
        .route("/v1/control/records", get(records))
}

async fn show(State(edge): State<Edge>) -> Response {
    answer(edge, Ask::Show, StatusCode::OK).await
}

async fn proposals(State(edge): State<Edge>) -> Response {
    answer(edge, Ask::Proposals, StatusCode::OK).await
}

async fn records(State(edge): State<Edge>, Query(page): Query<Page>) -> Response {
    answer(edge, Ask::Records { after: page.after, count: page.count }, StatusCode::OK).await
}

async fn change<T: Into<Ask>>(
    State(edge): State<Edge>,
    headers: HeaderMap,
    Json(asked): Json<T>,
) -> Response {
    answer_to(edge, &headers, asked.into(), StatusCode::OK).await
}

async fn approve(
    State(edge): State<Edge>,
    headers: HeaderMap,
    Path(proposal): Path<u64>,
    Json(Why { reason }): Json<Why>,
) -> Response {
    answer_to(edge, &headers, Ask::Approve { proposal, reason }, StatusCode::OK).await
}

async fn refuse(
    State(edge): State<Edge>,
    headers: HeaderMap,
    Path(proposal): Path<u64>,
    Json(Why { reason }): Json<Why>,
) -> Response {
    answer_to(edge, &headers, Ask::Refuse { proposal, reason }, StatusCode::OK).await
}

// === into Ask ===

impl From<Publication> for Ask {
    fn from(Publication { text, reason, dry_run }: Publication) -> Self {
        Self::Apply { text, reason, dry_run }
    }
}

impl From<Switch> for Ask {
    fn from(Switch { scope, target, state, reason }: Switch) -> Self {
        let (thrown, reducing) = (state != Wanted::Active, state == Wanted::Reducing);
        Self::Kill { scope, target, thrown, reducing, reason }
    }
}

impl From<Release> for Ask {
    fn from(Release { account, reason }: Release) -> Self {
        Self::Release { account, reason }
    }
}

impl From<Overriding> for Ask {
    fn from(Overriding { exemption, reason }: Overriding) -> Self {
        Self::Override { exemption, reason }
    }
}
