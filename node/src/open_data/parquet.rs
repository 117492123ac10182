//! A table as Apache Parquet: columns of whole numbers, moments in milliseconds and texts, under Snappy.

use std::sync::Arc;

use parquet::basic::{Compression, ConvertedType, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::{Type, TypePtr};

use super::OpenDataError;
use super::files::HashedFile;
use crate::projection::{Column, Holds, Table, Value};

/// Rows of a group: what is in memory of a file. Readers skip groups by their least and greatest values.
const GROUP_ROWS: usize = 16_384;

pub(super) struct ParquetFile {
    writer: SerializedFileWriter<HashedFile>,
    path: std::path::PathBuf,
    waiting: Vec<Vec<Value>>,
}

fn schema(table: &Table) -> Result<TypePtr, ParquetError> {
    let column = |it: &Column| {
        let (physical, converted) = match it.holds {
            Holds::Number => (Physical::INT64, ConvertedType::INT_64),
            Holds::Time => (Physical::INT64, ConvertedType::TIMESTAMP_MILLIS),
            Holds::Text => (Physical::BYTE_ARRAY, ConvertedType::UTF8),
        };
        let repetition = match it.is_required {
            true => Repetition::REQUIRED,
            false => Repetition::OPTIONAL,
        };
        Type::primitive_type_builder(it.name, physical)
            .with_converted_type(converted)
            .with_repetition(repetition)
            .build()
            .map(Arc::new)
    };
    let columns = table.columns.iter().map(column);
    let group =
        Type::group_type_builder(table.name).with_fields(columns.collect::<Result<_, _>>()?);
    group.build().map(Arc::new)
}

impl ParquetFile {
    pub(super) fn begin(file: HashedFile, table: &Table) -> Result<Self, OpenDataError> {
        let path = file.path().to_owned();
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by("countersign".to_owned())
            .build();
        let failed = |error: ParquetError| OpenDataError::Parquet(path.clone(), error.to_string());
        let schema = schema(table).map_err(failed)?;
        let writer =
            SerializedFileWriter::new(file, schema, Arc::new(properties)).map_err(failed)?;
        Ok(Self {
            writer,
            path,
            waiting: Vec::new(),
        })
    }

    fn failed(&self) -> impl FnOnce(ParquetError) -> OpenDataError + use<> {
        let path = self.path.clone();
        move |error| OpenDataError::Parquet(path, error.to_string())
    }

    pub(super) fn row(&mut self, table: &Table, row: Vec<Value>) -> Result<(), OpenDataError> {
        self.waiting.push(row);
        if self.waiting.len() < GROUP_ROWS {
            return Ok(());
        }
        self.group(table)
    }

    fn group(&mut self, table: &Table) -> Result<(), OpenDataError> {
        let failed = self.failed();
        let rows = std::mem::take(&mut self.waiting);
        group(&mut self.writer, table, &rows).map_err(failed)
    }

    pub(super) fn end(mut self, table: &Table) -> Result<HashedFile, OpenDataError> {
        if !self.waiting.is_empty() {
            self.group(table)?;
        }
        let failed = self.failed();
        self.writer.into_inner().map_err(failed)
    }
}

fn group(
    writer: &mut SerializedFileWriter<HashedFile>,
    table: &Table,
    rows: &[Vec<Value>],
) -> Result<(), ParquetError> {
    let mut group = writer.next_row_group()?;
    for (at, column) in table.columns.iter().enumerate() {
        let Some(mut into) = group.next_column()? else {
            return Err(ParquetError::General("a column is missing".to_owned()));
        };
        let values = rows
            .iter()
            .map(|row| row.get(at).unwrap_or(&Value::Nothing));
        put(&mut into, column, values)?;
        into.close()?;
    }
    group.close()?;
    Ok(())
}

/// Writes a column of a group. Where rows may have none, levels say which have one.
fn put<'a>(
    into: &mut SerializedColumnWriter<'_>,
    column: &Column,
    values: impl Iterator<Item = &'a Value> + Clone,
) -> Result<(), ParquetError> {
    let is_some = |it: &Value| i16::from(*it != Value::Nothing);
    let levels: Option<Vec<i16>> =
        (!column.is_required).then(|| values.clone().map(is_some).collect());
    let levels = levels.as_deref();
    match column.holds {
        Holds::Number | Holds::Time => {
            let numbers = values.filter_map(|it| match it {
                Value::Number(number) => Some(*number),
                _ => None,
            });
            let numbers: Vec<i64> = numbers.collect();
            into.typed::<Int64Type>()
                .write_batch(&numbers, levels, None)?;
        }
        Holds::Text => {
            let texts = values.filter_map(|it| match it {
                Value::Text(text) => Some(ByteArray::from(text.as_str())),
                _ => None,
            });
            let texts: Vec<ByteArray> = texts.collect();
            into.typed::<ByteArrayType>()
                .write_batch(&texts, levels, None)?;
        }
    }
    Ok(())
}
