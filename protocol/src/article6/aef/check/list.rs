//! Every check, with its id for ever.

use super::Severity::{Error, Warning};
use super::{Check, Severity};

/// The checks as constants, and the list of them.
macro_rules! checks {
    ($($vis:vis $name:ident = $id:literal, $severity:expr, $finds:literal, $source:literal;)*) => {
        $(
            #[doc = concat!($id, ": ", $finds, ".")]
            $vis const $name: Check = Check {
                id: $id,
                severity: $severity as Severity,
                finds: $finds,
                source: $source,
            };
        )*

        /// Every check, in the order of docs/article6.md.
        pub const CHECKS: &[Check] = &[$($name),*];
    };
}

/// The checks that a reader of files makes.
pub mod file {
    pub use super::{
        BEYOND, COLUMN_MISSING, COLUMN_TWICE, COLUMN_UNKNOWN, EMPTY_ROW, ERROR_VALUE, FORMULA,
        HEADING_SPELLING, MERGED, SHEET_MISSING, SHEET_UNKNOWN,
    };
}

checks! {
    pub SHEET_MISSING = "AEF-F-001", Error, "a table has no sheet or file", "4/CMA.6, Annex II";
    pub COLUMN_MISSING = "AEF-F-002", Error, "a column of a table is missing", "4/CMA.6, Annex II";
    pub COLUMN_UNKNOWN = "AEF-F-003", Warning, "a column is no column of the table and is not read", "4/CMA.6, Annex II";
    pub SHEET_UNKNOWN = "AEF-F-004", Warning, "a sheet is no table and is not read", "4/CMA.6, Annex II";
    pub COLUMN_TWICE = "AEF-F-005", Error, "a column or sheet stands there twice", "4/CMA.6, Annex II";
    pub HEADING_SPELLING = "AEF-F-006", Warning, "a heading or sheet name is spelt otherwise than in the format", "4/CMA.6, Annex II";
    pub FORMULA = "AEF-F-007", Warning, "a cell holds a formula", "own rule: what is submitted must not change by itself";
    pub ERROR_VALUE = "AEF-F-008", Error, "a cell holds a spreadsheet error", "own rule: it is no value";
    pub MERGED = "AEF-F-009", Error, "cells of a table are merged", "own rule: only the first of them holds a value";
    pub EMPTY_ROW = "AEF-F-010", Warning, "an empty row lies between rows", "own rule: readers may stop at it";
    pub BEYOND = "AEF-F-011", Warning, "something stands beside the columns of a table", "4/CMA.6, Annex II";

    pub(super) REQUIRED = "AEF-C-001", Error, "a required cell is blank", "4/CMA.6, Annex II";
    pub(super) REQUIRED_NA = "AEF-C-002", Error, "a required cell says NA", "4/CMA.6, Annex II";
    pub(super) UNREADABLE = "AEF-C-003", Error, "a cell holds no value of its kind", "4/CMA.6, Annex II";
    pub(super) CODE_UNKNOWN = "AEF-C-004", Error, "a code is in no list", "list of common nomenclatures";
    pub(super) CODE_OLD = "AEF-C-005", Warning, "a code is of an older list", "6/CMA.4, Annex I, paragraph 31";
    pub(super) CODE_SPELLING = "AEF-C-006", Warning, "a code is spelt otherwise than in its list", "list of common nomenclatures";
    pub(super) PARTY_UNKNOWN = "AEF-C-007", Error, "a code names no Party", "ISO 3166-1 and reserved codes";
    pub(super) CARP_WRITTEN = "AEF-C-008", Warning, "a cell of the CARP has been filled", "4/CMA.6, Annex II";
    pub(super) AUTHORISATION_ID = "AEF-C-009", Error, "an authorisation ID has a character that is not allowed", "list of common nomenclatures, table 7";
    pub(super) AUTHORISATION_ID_RARE = "AEF-C-010", Warning, "an authorisation ID has a slash or a point", "list of common nomenclatures, table 7";
    pub(super) NOT_WHOLE = "AEF-C-011", Error, "a number of units is not whole", "one unit is one tonne: 2/CMA.3 annex, paragraph 1(c)";
    pub(super) BLANK = "AEF-C-012", Warning, "a cell that does not apply is blank instead of NA", "list of common nomenclatures";
    pub(super) TOO_LONG = "AEF-C-013", Error, "a text is longer than a workbook's cell", "own rule: it would be cut";

    pub(super) NDC_BACKWARDS = "AEF-S-001", Error, "the NDC implementation period ends before it begins", "4/CMA.6, Annex II, Table 1";
    pub(super) BEFORE_YEAR_END = "AEF-S-002", Error, "the submission is dated before its year has ended", "2/CMA.3 annex, paragraph 20";
    pub(super) LATE = "AEF-S-003", Warning, "the submission is dated after 15 April of the following year", "2/CMA.3 annex, paragraph 20";
    pub(super) YEAR_OUTSIDE_NDC = "AEF-S-004", Warning, "the reported year is outside the NDC implementation period", "4/CMA.6, Annex II, Table 1";

    pub(super) VERSION_TWICE = "AEF-L-001", Error, "a version of an authorisation stands there twice", "4/CMA.6, Annex II, Table 2";
    pub(super) APPROACH_CHANGES = "AEF-L-002", Error, "versions of an authorisation name different cooperative approaches", "6/CMA.4, Annex I, paragraph 37";
    pub(super) VERSION_DATES = "AEF-L-003", Error, "a later version of an authorisation is dated before an earlier one", "4/CMA.6, paragraph 7";
    pub(super) AUTHORISED_AFTER_YEAR = "AEF-L-004", Error, "an authorisation is dated after the reported year", "2/CMA.3 annex, paragraph 20";
    pub(super) OIMP_MISSING = "AEF-L-005", Error, "an authorisation for other purposes than NDC lacks them, or its first transfer definition", "2/CMA.3 annex, paragraph 2(b)";
    pub(super) OIMP_NOT_ASKED = "AEF-L-006", Warning, "an authorisation towards NDCs only has fields of other purposes", "4/CMA.6, Annex II, Table 2";
    pub(super) NON_GHG_MISSING = "AEF-L-007", Error, "the metric is non-GHG and none is named", "4/CMA.6, Annex II, Table 2";
    pub(super) NON_GHG_NOT_ASKED = "AEF-L-008", Warning, "the metric is GHG and another one is named", "4/CMA.6, Annex II, Table 2";
    pub(super) ENTITY_NOT_LISTED = "AEF-L-009", Error, "an authorised entity is not in Table 5", "4/CMA.6, Annex II, Table 5";
    pub(super) DEFINITION_DIFFERS = "AEF-L-010", Error, "first transfer is defined in two ways within one cooperative approach", "4/CMA.6, paragraph 15";
    pub(super) DEFINITION_DOUBTFUL = "AEF-L-011", Warning, "first transfer is defined as the first international transfer for other purposes", "2/CMA.3 annex, paragraph 2(b)";
    pub(super) TIMEFRAME_OVER = "AEF-L-012", Warning, "the authorised timeframe ends before the authorisation", "4/CMA.6, paragraph 5";

    pub(super) AUTHORISATION_UNKNOWN = "AEF-B-001", Error, "a block names an authorisation that is in no Table 2", "6/CMA.4, Annex I, paragraph 37";
    pub(super) AUTHORISATION_FOREIGN = "AEF-B-002", Warning, "a block names an authorisation of another Party whose submission was not given", "6/CMA.4, Annex I, paragraph 37";
    pub(super) APPROACH_DIFFERS = "AEF-B-003", Error, "a block and its authorisation name different cooperative approaches", "6/CMA.4, Annex I, paragraph 37";
    pub(super) BLOCK_BACKWARDS = "AEF-B-004", Error, "the last ID comes before the first", "6/CMA.4, Annex I, paragraph 6";
    pub(super) QUANTITY_DIFFERS = "AEF-B-005", Error, "the quantity is not the length of the block", "one unit is one tonne: 2/CMA.3 annex, paragraph 1(c)";
    pub(super) ENDS_DIFFER = "AEF-B-006", Error, "first and last ID differ in more than their number", "6/CMA.4, Annex I, paragraphs 5 and 6";
    pub(super) ID_DISAGREES = "AEF-B-007", Error, "an ID says otherwise than the cells beside it", "6/CMA.4, Annex I, paragraph 5";
    pub(super) ID_FORMS = "AEF-B-008", Warning, "whole IDs and numbers stand in one table", "own rule: blocks cannot be compared then";
    pub(super) VINTAGE_EARLY = "AEF-B-009", Error, "the vintage is before 2021", "2/CMA.3 annex, paragraph 1(e)";
    pub(super) VINTAGE_LATE = "AEF-B-010", Error, "the vintage is after the reported year", "6/CMA.4, paragraph 5";
    pub(super) METRIC_DIFFERS = "AEF-B-011", Error, "a block and its authorisation have different metrics", "6/CMA.4, Annex I, paragraph 37";
    pub(super) BLOCK_NON_GHG = "AEF-B-012", Error, "a block in a non-GHG metric lacks its name or quantity", "4/CMA.6, Annex II";
    pub(super) BLOCK_GHG = "AEF-B-013", Warning, "a block in t CO2 eq names another metric or quantity", "4/CMA.6, Annex II";
    pub(super) UNITS_HALF = "AEF-B-014", Error, "one end of the underlying units is missing", "4/CMA.6, Annex II";
    pub(super) VINTAGE_OUTSIDE = "AEF-B-015", Error, "the vintage is outside the authorised timeframe", "4/CMA.6, paragraph 5";
    pub(super) REGISTRY_FOREIGN = "AEF-B-016", Warning, "the registry is not one of the reporting Party", "6/CMA.4, Annex I, paragraph 5";

    pub(super) OUTSIDE_YEAR = "AEF-A-001", Error, "an action is not of the reported year", "2/CMA.3 annex, paragraph 20";
    pub(super) BEFORE_AUTHORISATION = "AEF-A-002", Error, "an action is dated before its authorisation", "2/CMA.3 annex, paragraphs 1 and 2";
    pub(super) AFTER_TIMEFRAME = "AEF-A-003", Error, "ITMOs are used outside the authorised timeframe", "4/CMA.6, paragraph 5";
    pub(super) SUBTYPE_WRONG = "AEF-A-004", Error, "an action subtype does not belong to the action type", "list of common nomenclatures, tables 25 and 26";
    pub(super) SUBTYPE_DOUBTFUL = "AEF-A-005", Warning, "a voluntary share to the Adaptation Fund is reported as a first transfer", "4/CMA.6, paragraph 16";
    pub(super) TRANSFERRING_MISSING = "AEF-A-006", Error, "an acquisition does not say from whom", "4/CMA.6, Annex II, Table 3";
    pub(super) TRANSFERRING_EXTRA = "AEF-A-007", Warning, "another action than an acquisition has a transferring Party", "4/CMA.6, Annex II, Table 3";
    pub(super) ACQUIRING_MISSING = "AEF-A-008", Error, "a transfer to another Party does not say to whom", "4/CMA.6, Annex II, Table 3";
    pub(super) ACQUIRING_EXTRA = "AEF-A-009", Warning, "another action than a transfer has an acquiring Party", "4/CMA.6, Annex II, Table 3";
    pub(super) PARTNER_IS_SELF = "AEF-A-010", Error, "the partner of a transfer or acquisition is the reporting Party itself", "2/CMA.3 annex, paragraph 20";
    pub(super) USE_WITHOUT_AIM = "AEF-A-011", Error, "a use says neither for which year nor for which other purpose", "4/CMA.6, Annex II, Table 3";
    pub(super) USE_YEAR_EXTRA = "AEF-A-012", Warning, "another action than a use towards an NDC has a year of use", "4/CMA.6, Annex II, Table 3";
    pub(super) USE_YEAR_OUTSIDE = "AEF-A-013", Error, "the year of use is outside the NDC implementation period", "2/CMA.3 annex, paragraph 8(b)";
    pub(super) VINTAGE_OUTSIDE_NDC = "AEF-A-014", Error, "ITMOs are used towards an NDC outside whose implementation period their vintage lies", "2/CMA.3 annex, paragraph 8(b)";
    pub(super) USER_MISSING = "AEF-A-015", Error, "a use or cancellation names neither Party nor entity", "4/CMA.6, Annex II, Table 3";
    pub(super) PURPOSE_NOT_AUTHORISED = "AEF-A-016", Error, "ITMOs are used for a purpose for which they were not authorised", "4/CMA.6, paragraph 5";
    pub(super) USER_NOT_AUTHORISED = "AEF-A-017", Error, "ITMOs are used by a Party or entity that was not authorised", "4/CMA.6, paragraph 5";
    pub(super) USER_NOT_LISTED = "AEF-A-018", Error, "the using or cancelling entity is not in Table 5", "4/CMA.6, Annex II, Table 5";
    pub(super) FIRST_TRANSFER_FOREIGN = "AEF-A-019", Error, "a first transfer is reported by another Party than the first transferring one", "2/CMA.3 annex, paragraph 2";
    pub(super) DEFINITION_NOT_MET = "AEF-A-020", Error, "a first transfer is of another kind than its authorisation defines", "2/CMA.3 annex, paragraph 2; 4/CMA.6, paragraph 12";
    pub(super) ACQUIRER_NOT_AUTHORISED = "AEF-A-021", Warning, "ITMOs go to a Party that is not among the authorised ones", "4/CMA.6, paragraph 5";
    pub(super) FIRST_TRANSFER_TWICE = "AEF-A-022", Error, "ITMOs are first transferred twice", "2/CMA.3 annex, paragraph 2";
    pub(super) FINAL_TWICE = "AEF-A-023", Error, "ITMOs are used or cancelled twice", "2/CMA.3 annex, paragraph 21(e)";
    pub(super) AFTER_FINAL = "AEF-A-024", Error, "ITMOs move after they were used or cancelled", "2/CMA.3 annex, paragraph 21(e)";
    pub(super) BEFORE_FIRST_TRANSFER = "AEF-A-025", Error, "ITMOs move or are used before their first transfer", "2/CMA.3 annex, paragraph 2";
    pub(super) ABOVE_AUTHORISED = "AEF-A-026", Error, "more is first transferred than was authorised", "4/CMA.6, paragraph 5";
    pub(super) BLOCK_CHANGES = "AEF-A-027", Error, "ITMOs change their authorisation, metric or mitigation type from one action to another", "6/CMA.4, Annex I, paragraphs 4 and 33";
    pub(super) USED_INCONSISTENT = "AEF-A-028", Warning, "ITMOs are used that an earlier consistency check found inconsistent", "4/CMA.6, paragraph 40";
    pub(super) AFTER_YEARS = "AEF-A-029", Warning, "ITMOs are used outside a timeframe in years, which does not say whether it is about use", "4/CMA.6, paragraph 5";

    pub(super) HOLDINGS_OVERLAP = "AEF-H-001", Error, "two holdings share ITMOs", "6/CMA.4, Annex I, paragraph 37";
    pub(super) HELD_AFTER_FINAL = "AEF-H-002", Error, "ITMOs that were used or cancelled are still held", "2/CMA.3 annex, paragraph 21(e)";
    pub(super) HELD_AFTER_TRANSFER = "AEF-H-003", Error, "ITMOs that went to another Party are still held", "6/CMA.4, Annex I, paragraph 37";
    pub(super) HOLDINGS_MISSING = "AEF-H-004", Error, "ITMOs that the year's actions leave here are not held", "holdings = those of the year before + inflows - outflows";
    pub(super) HOLDINGS_EXTRA = "AEF-H-005", Warning, "ITMOs are held that no action of the year brought here", "holdings = those of the year before + inflows - outflows";

    pub(super) ENTITY_TWICE = "AEF-E-001", Error, "one entity stands there under two names or countries", "4/CMA.6, Annex II, Table 5";
    pub(super) ENTITY_AFTER_YEAR = "AEF-E-002", Error, "an entity is authorised after the reported year", "2/CMA.3 annex, paragraph 20";
    pub(super) ENTITY_UNUSED = "AEF-E-003", Warning, "an entity is named by no authorisation", "4/CMA.6, Annex II, Tables 2 and 5";
    pub(super) ENTITY_COMMA = "AEF-E-004", Error, "an identification number has a comma or semicolon", "Table 2 lists them between commas";

    pub(super) VERSION_NOT_NEWER = "AEF-V-001", Error, "the version is not above those submitted before for the year", "4/CMA.6, paragraph 32";
    pub(super) VERSION_FIRST = "AEF-V-002", Warning, "the first submission for the year is not 1.0, or none before it was given", "4/CMA.6, Annex II, Table 1";
    pub(super) VERSION_CHANGED = "AEF-V-003", Error, "a version that was submitted before has another content now", "own rule: a version never changes";
    pub(super) EARLIER_FOREIGN = "AEF-V-004", Error, "an earlier submission is of another Party", "own rule";
    pub(super) EARLIER_LATER = "AEF-V-005", Warning, "an earlier submission is for a later year and is not looked at", "own rule";

    pub(super) TOTALS_DIFFER = "AEF-P-001", Error, "what one Party transferred and the other acquired is not the same total", "6/CMA.4, Annex I, paragraph 39";
    pub(super) NOT_ACQUIRED = "AEF-P-002", Error, "ITMOs were transferred and the partner did not acquire them", "6/CMA.4, Annex I, paragraph 39";
    pub(super) NOT_TRANSFERRED = "AEF-P-003", Error, "ITMOs were acquired and the partner did not transfer them", "6/CMA.4, Annex I, paragraph 39";
    pub(super) HELD_BY_BOTH = "AEF-P-004", Error, "ITMOs are held by both Parties", "6/CMA.4, Annex I, paragraph 39";
    pub(super) PARTNER_WRONG = "AEF-P-005", Error, "a partner's submission is the reporting Party's own, or of another year", "own rule";
}
