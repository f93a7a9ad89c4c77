//! Bodies of the REST calls under `/api/v1`, by topic.

mod accounts;
mod events;
mod hub;
mod invitations;
mod planner;
mod reports;
mod rooms;

pub use accounts::*;
pub use events::*;
pub use hub::*;
pub use invitations::*;
pub use planner::*;
pub use reports::*;
pub use rooms::*;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What went wrong with a REST call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApiError {
    /// Stable, for programs: `wrong_password`, `too_many_tries`, `not_signed_in`, `invalid`, ….
    pub code: String,
    /// For people.
    pub message: String,
    /// Which member of the body is wrong, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}
