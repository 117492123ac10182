//! The tables of CAD Trust V2: where they are, and by what a row of them is known again.

/// A table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Table {
    /// Its name, also in the staging area.
    pub(super) kind: &'static str,
    /// Below `v2/`.
    pub(super) path: &'static str,
    /// Under which name a row carries its id.
    pub(super) id: &'static str,
    /// What never changes in a row.
    pub(super) natural: &'static [&'static str],
}

const fn table(
    kind: &'static str,
    path: &'static str,
    id: &'static str,
    natural: &'static [&'static str],
) -> Table {
    Table {
        kind,
        path,
        id,
        natural,
    }
}

/// Every table that the bridge fills, parents first.
pub(super) const TABLES: [Table; 20] = [
    table(
        "methodology",
        "methodology",
        "cadTrustMethodologyId",
        &["methodologyCode", "methodologyVersion", "methodologyName"],
    ),
    table(
        "stakeholder",
        "stakeholder",
        "cadTrustStakeholderId",
        &["stakeholderName", "stakeholderType"],
    ),
    table(
        "label",
        "label",
        "cadTrustLabelId",
        &["labelName", "labelType"],
    ),
    table("project", "project", "cadTrustProjectId", &["projectId"]),
    table(
        "project_methodology",
        "project-methodology",
        "cadTrustProjectMethodologyId",
        &["cadTrustProjectId", "cadTrustMethodologyId"],
    ),
    table(
        "stakeholder_projects",
        "stakeholder-projects",
        "cadTrustStakeholderProjectId",
        &["cadTrustStakeholderId", "cadTrustProjectId"],
    ),
    table(
        "validation",
        "validation",
        "cadTrustValidationId",
        &["validationId"],
    ),
    table(
        "verification",
        "verification",
        "cadTrustVerificationId",
        &["verificationId"],
    ),
    table(
        "location",
        "location",
        "cadTrustLocationId",
        &[
            "cadTrustProjectId",
            "locationCountry",
            "locationRegion",
            "locationGis",
        ],
    ),
    table(
        "estimation",
        "estimation",
        "cadTrustEstimationId",
        &["cadTrustProjectId", "estimationStartDate"],
    ),
    table(
        "rating",
        "rating",
        "cadTrustRatingId",
        &["cadTrustProjectId", "ratingType", "ratingName"],
    ),
    table(
        "co_benefit",
        "co-benefit",
        "cadTrustCobenefitId",
        &["cadTrustProjectId", "cobenefit"],
    ),
    table(
        "issuance",
        "issuance",
        "cadTrustIssuanceId",
        &["issuanceId"],
    ),
    table(
        "unit",
        "unit",
        "cadTrustUnitId",
        &["unitStartBlock", "cadTrustIssuanceId"],
    ),
    table(
        "unit_label",
        "unit-label",
        "cadTrustUnitLabelId",
        &["cadTrustUnitId", "cadTrustLabelId"],
    ),
    table(
        "aef_t1_submission",
        "aef-t1-submission",
        "cadTrustAefT1SubmissionId",
        &["aefT1SubmissionReportYear", "aefT1SubmissionVersion"],
    ),
    table(
        "aef_t5_authorized_entities",
        "aef-t5-authorized-entities",
        "cadTrustAefT5AuthorizedEntitiesId",
        &[
            "aefT5AuthorizedEntitiesId",
            "aefT5AuthorizedEntitiesCooperativeApproachId",
        ],
    ),
    table(
        "aef_t2_authorizations",
        "aef-t2-authorizations",
        "cadTrustAefT2AuthorizationsId",
        &["aefT2AuthorizationsId", "aefT2AuthorizationsVersion"],
    ),
    table(
        "aef_t3_actions",
        "aef-t3-actions",
        "cadTrustAefT3ActionsId",
        &[
            "aefT3ActionsDate",
            "aefT3ActionsType",
            "aefT3ActionsItmoFirstId",
        ],
    ),
    table(
        "aef_t4_holdings",
        "aef-t4-holdings",
        "cadTrustAefT4HoldingsId",
        &["cadTrustAefT1SubmissionId", "aefT4HoldingsItmoFirstId"],
    ),
];

/// The table of a kind, and its place in the order.
pub(super) fn of(kind: &str) -> Option<(u16, &'static Table)> {
    let place = TABLES.iter().position(|it| it.kind == kind)?;
    Some((u16::try_from(place).ok()?, &TABLES[place]))
}

/// A name of the API as its database writes it: `projectId` as `project_id`, `aefT2AuthorizationsId` as `aef_t2_authorizations_id`.
pub(super) fn snake(name: &str) -> String {
    let mut text = String::with_capacity(name.len() + 8);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            text.push('_');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_columns_follow_from_names_of_fields() {
        assert_eq!(snake("cadTrustProjectId"), "cad_trust_project_id");
        assert_eq!(snake("aefT2AuthorizationsId"), "aef_t2_authorizations_id");
    }
}
