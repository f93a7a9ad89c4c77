//! What a hub offers.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `GET /api/v1/hub`: what depends on how this hub was set up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HubFacts {
    /// The number that telephone guests dial; `None` where there is no way in by telephone.
    pub phone_number: Option<String>,
}
