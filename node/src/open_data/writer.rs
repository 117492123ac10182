//! Writing a set: what was read comes in batches over a short channel, so that neither side is ahead of the other by much.

use std::fs;
use std::path::PathBuf;

use tokio::sync::mpsc::Receiver;

use super::LedgerPlace;
use super::files::{HashedFile, sync};
use super::formats::{CsvFile, JsonFile};
use super::geo::{Feature, GeoFile};
use super::package::{CSV, GEOJSON, JSONL, PARQUET, Package, Resource};
use super::parquet::ParquetFile;
use super::{OpenDataError, PACKAGE_FILE, SUMS_FILE};
use crate::projection::{Table, Value};

/// What a set is made of, beside its rows.
pub(crate) struct Making {
    /// The folder of sets.
    pub(crate) folder: PathBuf,
    /// The name of the set.
    pub(crate) name: String,
    /// The Party and the name of its registry.
    pub(crate) registry: (String, String),
    /// When it is made (RFC 3339).
    pub(crate) created: String,
    /// The place in the ledger.
    pub(crate) ledger: LedgerPlace,
}

/// What was read.
pub(crate) enum Batch {
    /// Rows of a table. The rows of a table come together.
    Rows(&'static Table, Vec<Vec<Value>>),
    /// Places, after all tables.
    Features(Vec<Feature>),
    /// Everything was read. A channel that closes without it ends in a set that is thrown away.
    End,
}

/// A set while it is written; its folder goes when it is dropped before its end.
struct Draft {
    folder: PathBuf,
    resources: Vec<Resource>,
    is_whole: bool,
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.is_whole {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

/// A table while it is written.
struct Open {
    table: &'static Table,
    csv: CsvFile,
    json: JsonFile,
    parquet: ParquetFile,
    rows: u64,
}

/// Writes a set; none when what comes in ends early.
pub(crate) fn write(
    making: Making,
    mut batches: Receiver<Batch>,
) -> Result<Option<String>, OpenDataError> {
    let folder = making.folder.join(&making.name);
    fs::create_dir_all(&folder).map_err(OpenDataError::io(&folder))?;
    let mut draft = Draft {
        folder,
        resources: Vec::new(),
        is_whole: false,
    };
    let mut open: Option<Open> = None;
    let mut places: Option<GeoFile> = None;
    while let Some(batch) = batches.blocking_recv() {
        match batch {
            Batch::Rows(table, rows) => {
                if open.as_ref().is_none_or(|it| it.table.name != table.name) {
                    draft.close(open.take())?;
                    open = Some(draft.open(table)?);
                }
                if let Some(open) = &mut open {
                    open.put(rows)?;
                }
            }
            Batch::Features(features) => {
                if places.is_none() {
                    places = Some(GeoFile::begin(draft.file("places", GEOJSON)?)?);
                }
                if let Some(places) = &mut places {
                    features.iter().try_for_each(|it| places.feature(it))?;
                }
            }
            Batch::End => {
                draft.close(open)?;
                draft.places(places)?;
                return draft.end(making).map(Some);
            }
        }
    }
    Ok(None)
}

impl Open {
    fn put(&mut self, rows: Vec<Vec<Value>>) -> Result<(), OpenDataError> {
        for row in rows {
            self.csv.row(self.table, &row)?;
            self.json.row(self.table, &row)?;
            self.parquet.row(self.table, row)?;
            self.rows += 1;
        }
        Ok(())
    }
}

impl Draft {
    fn file(&self, stem: &str, (format, _): (&str, &str)) -> Result<HashedFile, OpenDataError> {
        HashedFile::create(self.folder.join(format!("{stem}.{format}")))
    }

    fn open(&self, table: &'static Table) -> Result<Open, OpenDataError> {
        Ok(Open {
            table,
            csv: CsvFile::begin(self.file(table.name, CSV)?, table)?,
            json: JsonFile::begin(self.file(table.name, JSONL)?),
            parquet: ParquetFile::begin(self.file(table.name, PARQUET)?, table)?,
            rows: 0,
        })
    }

    fn close(&mut self, open: Option<Open>) -> Result<(), OpenDataError> {
        let Some(Open {
            table,
            csv,
            json,
            parquet,
            rows,
        }) = open
        else {
            return Ok(());
        };
        let files = [
            (CSV, csv.end()),
            (JSONL, json.end()),
            (PARQUET, parquet.end(table)?),
        ];
        for (format, file) in files {
            let resource = Resource::new((table.name, table.about), format, file.finish()?, rows);
            self.resources.push(resource.with_table(table));
        }
        Ok(())
    }

    fn places(&mut self, places: Option<GeoFile>) -> Result<(), OpenDataError> {
        let Some(places) = places else { return Ok(()) };
        let (file, count) = places.end()?;
        let about = "Places of published projects, as their descriptions say (RFC 7946)";
        let resource = Resource::new(("places", about), GEOJSON, file.finish()?, count);
        self.resources.push(resource);
        Ok(())
    }

    /// The descriptor and the sums, and then the folder itself.
    fn end(mut self, making: Making) -> Result<String, OpenDataError> {
        let Making {
            name,
            registry: (party, registry),
            created,
            ledger,
            ..
        } = making;
        let resources = std::mem::take(&mut self.resources);
        let mut sums: Vec<(String, String)> = resources
            .iter()
            .map(|it| (it.hash.replace("sha256:", ""), it.path.clone()))
            .collect();
        let package = Package::new((party, &registry), created, ledger, resources);
        let path = self.folder.join(PACKAGE_FILE);
        let mut text = serde_json::to_vec_pretty(&package)
            .map_err(|error| OpenDataError::io(&path)(error.into()))?;
        text.push(b'\n');
        let mut file = HashedFile::create(path)?;
        file.put(&text)?;
        let (_, hash) = file.finish()?;
        sums.push((hex::encode(hash), PACKAGE_FILE.to_owned()));
        let lines: String = sums
            .iter()
            .map(|(hash, name)| format!("{hash}  {name}\n"))
            .collect();
        let mut file = HashedFile::create(self.folder.join(SUMS_FILE))?;
        file.put(lines.as_bytes())?;
        file.finish()?;
        sync(&self.folder)?;
        self.is_whole = true;
        Ok(name)
    }
}
