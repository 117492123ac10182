//! Where published projects are, as GeoJSON (RFC 7946).

use countersign_protocol::project::Geometry;
use serde::Serialize;

use super::OpenDataError;
use super::files::HashedFile;

/// A place of a project.
#[derive(Serialize)]
pub(crate) struct Feature {
    #[serde(rename = "type")]
    kind: &'static str,
    geometry: Geometry,
    properties: Properties,
}

#[derive(Serialize)]
struct Properties {
    project: u32,
    title: String,
    sectoral_scope: u8,
    place: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    district: Option<String>,
}

impl Feature {
    /// A place with the project that it belongs to, if it is drawn.
    pub(crate) fn of(
        project: &countersign_protocol::record::Project,
        place: countersign_protocol::project::Location,
    ) -> Option<Self> {
        Some(Self {
            kind: "Feature",
            geometry: place.geometry?,
            properties: Properties {
                project: project.number,
                title: project.title.to_string(),
                sectoral_scope: project.scope.number(),
                place: place.place,
                region: place.region,
                district: place.district,
            },
        })
    }
}

/// A collection that is written place by place.
pub(super) struct GeoFile {
    file: HashedFile,
    count: u64,
}

impl GeoFile {
    pub(super) fn begin(mut file: HashedFile) -> Result<Self, OpenDataError> {
        file.put(b"{\"type\":\"FeatureCollection\",\"features\":[")?;
        Ok(Self { file, count: 0 })
    }

    pub(super) fn feature(&mut self, feature: &Feature) -> Result<(), OpenDataError> {
        let joint = if self.count == 0 { "\n" } else { ",\n" };
        let text = serde_json::to_string(feature)
            .map_err(|error| OpenDataError::io(self.file.path())(error.into()))?;
        self.count += 1;
        self.file.put(format!("{joint}{text}").as_bytes())
    }

    pub(super) fn end(mut self) -> Result<(HashedFile, u64), OpenDataError> {
        self.file.put(b"\n]}\n")?;
        Ok((self.file, self.count))
    }
}
