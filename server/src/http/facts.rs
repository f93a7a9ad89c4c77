//! What this hub offers, for programs that draw its choices.

use super::api::{Caller, Failure};
use crate::hub::Shared;
use axum::Json;
use axum::extract::State;
use protocol::{ApiError, HubFacts};
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The calls of this topic.
pub fn routes() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::new().routes(routes!(facts))
}

/// What depends on how this hub was set up.
#[utoipa::path(get, path = "/api/v1/hub", tag = "rooms", responses(
    (status = 200, body = HubFacts),
    (status = 401, body = ApiError),
))]
async fn facts(
    State(shared): State<Arc<Shared>>,
    _caller: Caller,
) -> Result<Json<HubFacts>, Failure> {
    Ok(Json(HubFacts { phone_number: shared.config.phone_number.clone() }))
}
