//! The HTTP edge: health, readiness, metrics, look-ups and commands, on this machine's own address.
//!
//! Entry points: [`Server::bind`], [`Server::serve`], [`Serving::stop`].
//!
//! Invariants: nothing here is on the line's way; questions that may take long run beside it.
//! Limits: [`BODY_BYTES_MAX`]. A request whose Host isn't this machine is refused while it listens
//! on a loopback address, so that no page in a browser can order anything through a name of its
//! own.
//!
//! It decides nothing and keeps nothing. It has no login: it listens on loopback unless told
//! otherwise. Who asks for a change is told by the token of its `Authorization` header.
//!
//! On a crash open requests end; what they put on the stream is there or isn't, and asking again
//! under the same ClOrdID is safe (INV-8).

mod control;
mod lanes;

use std::future::{Future as _, IntoFuture as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;

use axum::extract::{DefaultBodyLimit, Path, Query, Request as HttpRequest, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use order_router::Progress;
use serde::Deserialize;
use serde_json::{Value, json};
use telemetry::labels::{Labels, Route};
use telemetry::{Metric, Registry};
use tokio::sync::oneshot;

use crate::ask::{Ask, Desk, Request};
use crate::error::Error;
use crate::limits::BODY_BYTES_MAX;
use crate::world::clock;

/// An address that is taken, not yet answered on.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
}

/// A server on its thread.
pub struct Serving {
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

/// What the routes answer from.
#[derive(Clone)]
struct Edge {
    desk: Desk,
    progress: Progress,
    line: Arc<order_router::Config>,
    registry: Registry,
    /// Whether it listens for this machine alone.
    loopback: bool,
}

// === impl Server ===

impl Server {
    /// Takes the address.
    ///
    /// # Errors
    /// [`Error::Listen`].
    pub fn bind(listen: SocketAddr) -> Result<Self, Error> {
        let taken = |error: std::io::Error| Error::Listen {
            listen: listen.to_string(),
            reason: error.to_string(),
        };
        let listener = TcpListener::bind(listen).map_err(taken)?;
        listener.set_nonblocking(true).map_err(taken)?;
        let address = listener.local_addr().map_err(taken)?;
        Ok(Self { listener, address })
    }

    /// The address, with the port that the system gave where 0 was asked for.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers on a thread of its own until it is stopped.
    ///
    /// # Errors
    /// The system has no thread, or no runtime.
    pub fn serve(
        self,
        desk: Desk,
        progress: Progress,
        line: order_router::Config,
        registry: Registry,
    ) -> Result<Serving, Error> {
        let failed = |error: std::io::Error| Error::System {
            doing: "starting the HTTP edge",
            reason: error.to_string(),
        };
        let loopback = self.address.ip().is_loopback();
        let edge = Edge { desk, progress, line: Arc::new(line), registry, loopback };
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_io().build().map_err(failed)?;
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new().name("http".to_owned());
        let thread = thread.spawn(move || {
            runtime.block_on(async {
                let listener = match tokio::net::TcpListener::from_std(self.listener) {
                    Ok(listener) => listener,
                    Err(error) => return eprintln!("{}", failed(error)),
                };
                let served = axum::serve(listener, routes(edge)).into_future();
                // Open connections are cut: the line's end doesn't wait for a browser.
                let mut served = std::pin::pin!(served);
                let mut stopped = std::pin::pin!(stopped);
                std::future::poll_fn(|context| {
                    let ended = served.as_mut().poll(context).is_ready();
                    if ended || stopped.as_mut().poll(context).is_ready() {
                        return std::task::Poll::Ready(());
                    }
                    std::task::Poll::Pending
                })
                .await;
            });
            runtime.shutdown_background();
        });
        Ok(Serving { stop, thread: thread.map_err(failed)? })
    }
}

impl Serving {
    /// Ends it.
    pub fn stop(self) {
        let _ = self.stop.send(());
        let _ = self.thread.join();
    }
}

fn routes(edge: Edge) -> Router {
    Router::new()
        .route("/healthz", get(health))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .route("/v1/orders", get(orders).post(submit))
        .route("/v1/orders/{id}", get(order))
        .route("/v1/orders/{id}/explain", get(explain))
        .route("/v1/ask", post(ask))
        .merge(control::routes())
        .merge(lanes::routes())
        .fallback(nothing)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(from_fn_with_state(edge.clone(), guard))
        .with_state(edge)
}

/// Refuses foreign hosts and counts every answer.
async fn guard(State(edge): State<Edge>, request: HttpRequest, next: Next) -> Response {
    let route = route(request.uri().path());
    let response = if edge.loopback && !is_local(request.headers()) {
        let text = "OR-0362 the Host header names another machine; ask 127.0.0.1 or localhost";
        (StatusCode::FORBIDDEN, Json(json!({ "error": text, "exit": 2 }))).into_response()
    } else {
        next.run(request).await
    };
    let labels = Labels::http(route, response.status().as_u16());
    edge.registry.add(Metric::HttpRequests, labels, 1);
    response
}

fn is_local(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    matches!(name, "localhost" | "[::1]")
        || name.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback())
}

fn route(path: &str) -> Route {
    match path {
        "/healthz" => Route::Health,
        "/readyz" => Route::Ready,
        "/metrics" => Route::Metrics,
        path if path == "/v1/orders" || path.starts_with("/v1/orders/") => Route::Orders,
        path if path.starts_with("/v1/") => Route::Commands,
        _ => Route::Unknown,
    }
}

async fn health(State(edge): State<Edge>) -> Response {
    state(edge.progress.facts().liveness(clock::now().0, &edge.line))
}

async fn ready(State(edge): State<Edge>) -> Response {
    state(edge.progress.facts().readiness(clock::now().0, &edge.line))
}

fn state(good: Result<(), String>) -> Response {
    match good {
        Ok(()) => (StatusCode::OK, "ok\n").into_response(),
        Err(why) => (StatusCode::SERVICE_UNAVAILABLE, format!("{why}\n")).into_response(),
    }
}

async fn metrics(State(edge): State<Edge>) -> Response {
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    match edge.registry.text() {
        Ok(text) => (kind, text).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")).into_response(),
    }
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Page {
    after: String,
    count: usize,
}

impl Default for Page {
    fn default() -> Self {
        Self { after: String::new(), count: 100 }
    }
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Waiting {
    wait: bool,
}

async fn orders(State(edge): State<Edge>, Query(page): Query<Page>) -> Response {
    answer(edge, Ask::Orders { after: page.after, count: page.count }, StatusCode::OK).await
}

async fn order(State(edge): State<Edge>, Path(id): Path<String>) -> Response {
    let empty = String::new;
    let ask = Ask::Order { id, sender: empty(), account: empty(), cl_ord_id: empty() };
    answer(edge, ask, StatusCode::OK).await
}

async fn explain(State(edge): State<Edge>, Path(id): Path<String>) -> Response {
    answer(edge, Ask::Explain { id }, StatusCode::OK).await
}

async fn submit(
    State(edge): State<Edge>,
    Query(waiting): Query<Waiting>,
    Json(request): Json<Request>,
) -> Response {
    let done = if waiting.wait { StatusCode::OK } else { StatusCode::ACCEPTED };
    answer(edge, Ask::Submit { request: Box::new(request), wait: waiting.wait }, done).await
}

async fn ask(State(edge): State<Edge>, headers: HeaderMap, Json(ask): Json<Ask>) -> Response {
    answer_to(edge, &headers, ask, StatusCode::OK).await
}

async fn nothing() -> Response {
    let text = "OR-0359 no such route; see /healthz, /readyz, /metrics, /v1/orders, /v1/lanes";
    (StatusCode::NOT_FOUND, Json(json!({ "error": text, "exit": 2 }))).into_response()
}

/// Answers beside the runtime's thread: a proof of a long journal must not hold up `/healthz`.
async fn answer(edge: Edge, ask: Ask, done: StatusCode) -> Response {
    answer_to(edge, &HeaderMap::new(), ask, done).await
}

/// The same, told who asks by the token of the `Authorization` header.
async fn answer_to(edge: Edge, headers: &HeaderMap, ask: Ask, done: StatusCode) -> Response {
    let desk = edge.desk;
    let shown = headers.get(header::AUTHORIZATION);
    // Whoever shows something that is no token isn't nobody: it must be known.
    let token = shown.map(|value| {
        value.to_str().ok().and_then(|text| text.strip_prefix("Bearer ")).unwrap_or_default()
    });
    let caller = match desk.caller(token) {
        Ok(caller) => caller,
        Err(error) => return refused(&error),
    };
    let answered = tokio::task::spawn_blocking(move || desk.answer(&caller, ask)).await;
    match answered {
        Ok(Ok(value)) => (done, Json(value)).into_response(),
        Ok(Err(error)) => refused(&error),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn refused(error: &Error) -> Response {
    let status = match error {
        Error::Unknown { .. } => StatusCode::NOT_FOUND,
        Error::Late { .. } => StatusCode::GATEWAY_TIMEOUT,
        Error::Subject { .. } => StatusCode::FORBIDDEN,
        error if error.exit_code() == 2 => StatusCode::BAD_REQUEST,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let body: Value = json!({ "error": error.to_string(), "exit": error.exit_code() });
    (status, Json(body)).into_response()
}
