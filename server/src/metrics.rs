//! Figures for Prometheus, in the OpenMetrics text format.
//!
//! What happens is counted where it happens; how things stand is looked up when somebody asks.

use crate::hub::Shared;
use crate::store::StoreError;
use axum::http::Method;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};
use protocol::ConferenceState;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// The media type of what [`Metrics::text`] writes.
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// From 0.5 ms doubling up to 16 s: a database write takes some, a password hash tens of them.
fn latency() -> Histogram {
    Histogram::new(exponential_buckets(0.000_5, 2.0, 16))
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Direction {
    direction: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct State {
    state: &'static str,
}

/// A hub's figures.
pub struct Metrics {
    registry: Registry,
    requests: Family<Request, Counter>,
    request_time: Family<Route, Histogram, fn() -> Histogram>,
    connections: Gauge,
    messages_in: Counter,
    messages_out: Counter,
    conferences: Family<State, Gauge>,
    participants: Family<State, Gauge>,
    guests: Gauge,
    guest_capacity: Gauge,
    outbox: Gauge,
    media_sent: Counter,
    media_dropped: Counter,
    database_time: Histogram,
}

impl Metrics {
    /// All zero.
    pub fn new() -> Metrics {
        let mut registry = Registry::with_prefix("katheder");
        let messages = Family::<Direction, Counter>::default();
        let direction = |direction| messages.get_or_create(&Direction { direction }).clone();
        let metrics = Metrics {
            requests: Family::default(),
            request_time: Family::new_with_constructor(latency as fn() -> Histogram),
            connections: Gauge::default(),
            messages_in: direction("in"),
            messages_out: direction("out"),
            conferences: Family::default(),
            participants: Family::default(),
            guests: Gauge::default(),
            guest_capacity: Gauge::default(),
            outbox: Gauge::default(),
            media_sent: Counter::default(),
            media_dropped: Counter::default(),
            database_time: latency(),
            registry: Registry::default(),
        };
        let requests = metrics.requests.clone();
        registry.register("http_requests", "Answered HTTP requests", requests);
        let time = metrics.request_time.clone();
        let help = "How long an answer took; a WebSocket's until it was opened";
        registry.register_with_unit("http_request_duration", help, Unit::Seconds, time);
        let connections = metrics.connections.clone();
        registry.register("connections", "Open WebSockets", connections);
        registry.register("messages", "Messages over WebSockets, by direction", messages);
        let conferences = metrics.conferences.clone();
        registry.register("conferences", "Running conferences, by state", conferences);
        let participants = metrics.participants.clone();
        registry.register("participants", "People inside, and waiting", participants);
        registry.register("guests", "Guests inside and waiting", metrics.guests.clone());
        let capacity = metrics.guest_capacity.clone();
        registry.register("guest_capacity", "Guests that the hub takes at once", capacity);
        let outbox = metrics.outbox.clone();
        registry.register("outbox_waiting", "Mails that have not gone out yet", outbox);
        let sent = metrics.media_sent.clone();
        registry.register("media_datagrams", "Media datagrams that left", sent);
        let dropped = metrics.media_dropped.clone();
        let help = "Media datagrams that the system had no room for";
        registry.register("media_datagrams_dropped", help, dropped);
        let database = metrics.database_time.clone();
        let help = "How long the database took for the smallest question, once a scrape";
        registry.register_with_unit("database_ping", help, Unit::Seconds, database);
        Metrics { registry, ..metrics }
    }

    /// A request was answered. `route` is the route's pattern, so that neither tokens nor names
    /// become labels.
    pub fn answered(&self, method: &Method, route: &str, status: u16, took: Duration) {
        let request = Request { method: method_label(method), route: route.to_owned(), status };
        self.requests.get_or_create(&request).inc();
        let route = Route { route: route.to_owned() };
        self.request_time.get_or_create(&route).observe(took.as_secs_f64());
    }

    /// A WebSocket was opened; it counts until the value is dropped.
    pub fn connection(&self) -> OpenConnection {
        self.connections.inc();
        OpenConnection(self.connections.clone())
    }

    /// A message arrived.
    pub fn message_in(&self) {
        self.messages_in.inc();
    }

    /// A message went out.
    pub fn message_out(&self) {
        self.messages_out.inc();
    }

    /// The figures as text, brought up to date first.
    pub async fn text(&self, shared: &Shared) -> Result<String, StoreError> {
        self.look_at_conferences(shared);
        let (sent, dropped) = shared.live.datagrams();
        self.media_sent.inner().store(sent, Ordering::Relaxed);
        self.media_dropped.inner().store(dropped, Ordering::Relaxed);
        let asked = crate::clock::now().instant;
        shared.store.ping().await?;
        self.database_time.observe(asked.elapsed().as_secs_f64());
        self.outbox.set(shared.store.outbox_waiting().await?);
        let mut text = String::new();
        if encode(&mut text, &self.registry).is_err() {
            tracing::error!("the figures could not be written as text");
        }
        Ok(text)
    }

    fn look_at_conferences(&self, shared: &Shared) {
        const STATES: [(&str, ConferenceState); 3] = [
            ("waiting", ConferenceState::Waiting),
            ("live", ConferenceState::Live),
            ("on_hold", ConferenceState::OnHold),
        ];
        let runs = shared.live.statuses();
        for (state, wanted) in STATES {
            let count = runs.iter().filter(|(_, run)| run.state == wanted).count();
            self.conferences.get_or_create(&State { state }).set(count as i64);
        }
        let sum = |of: fn(&crate::conference::RunStatus) -> usize| -> i64 {
            runs.iter().map(|(_, run)| of(run) as i64).sum()
        };
        self.participants.get_or_create(&State { state: "inside" }).set(sum(|run| run.inside));
        self.participants.get_or_create(&State { state: "waiting" }).set(sum(|run| run.waiting));
        self.guests.set(sum(|run| run.guests));
        self.guest_capacity.set(shared.config.guest_capacity as i64);
    }
}

/// An open WebSocket.
pub struct OpenConnection(Gauge);

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// A client may invent methods; they must not become as many labels.
fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
