//! Arrow columns of numbers to 64-bit floats: the very ones that CSV with the same
//! decimals would give.

use arrow::array::{Array, ArrowPrimitiveType, AsArray, Float64Array, PrimitiveArray};
use arrow::datatypes::{
    DataType, Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type, DecimalType,
    Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type,
    UInt16Type, UInt32Type, UInt64Type,
};

use super::cell::{self, BadCell};
use super::dates::{plain, written_out};

/// A row, counted from 0 within its array, that cannot be used.
pub(super) type BadRow = (usize, BadCell);

type Half = <Float16Type as ArrowPrimitiveType>::Native;

/// Whether a column of this type is a series.
pub(super) fn is_number(kind: &DataType) -> bool {
    let kind = plain(kind);
    kind.is_integer() || kind.is_floating() || kind.is_decimal()
}

/// The values of a column of numbers; nulls and NaN are missing values.
pub(super) fn numbers(array: &dyn Array) -> Result<Float64Array, BadRow> {
    match array.data_type() {
        DataType::Int8 => each::<Int8Type>(array, |value| Ok(value.into())),
        DataType::Int16 => each::<Int16Type>(array, |value| Ok(value.into())),
        DataType::Int32 => each::<Int32Type>(array, |value| Ok(value.into())),
        // `as` rounds to the nearest float, ties to even, as reading the digits does.
        DataType::Int64 => each::<Int64Type>(array, |value| Ok(value as f64)),
        DataType::UInt8 => each::<UInt8Type>(array, |value| Ok(value.into())),
        DataType::UInt16 => each::<UInt16Type>(array, |value| Ok(value.into())),
        DataType::UInt32 => each::<UInt32Type>(array, |value| Ok(value.into())),
        DataType::UInt64 => each::<UInt64Type>(array, |value| Ok(value as f64)),
        DataType::Float16 => each::<Float16Type>(array, half),
        DataType::Float32 => each::<Float32Type>(array, single),
        DataType::Float64 => each::<Float64Type>(array, finite),
        DataType::Decimal32(_, scale) => decimals::<Decimal32Type>(array, *scale),
        DataType::Decimal64(_, scale) => decimals::<Decimal64Type>(array, *scale),
        DataType::Decimal128(_, scale) => decimals::<Decimal128Type>(array, *scale),
        DataType::Decimal256(_, scale) => decimals::<Decimal256Type>(array, *scale),
        DataType::Dictionary(..) | DataType::RunEndEncoded(..) => numbers(&written_out(array)?),
        other => Err((
            0,
            BadCell {
                problem: format!("columns of type {other} are not read as numbers"),
                remedy: "Convert the column to Float64.".to_owned(),
            },
        )),
    }
}

fn each<T: ArrowPrimitiveType>(
    array: &dyn Array,
    number: impl Fn(T::Native) -> Result<f64, BadCell>,
) -> Result<Float64Array, BadRow> {
    let array: &PrimitiveArray<T> = array.as_primitive();
    array
        .iter()
        .enumerate()
        .map(|(row, value)| {
            let value = value.map(&number).transpose().map_err(|bad| (row, bad))?;
            Ok(value.filter(|value| !value.is_nan()))
        })
        .collect()
}

fn finite(value: f64) -> Result<f64, BadCell> {
    match !value.is_infinite() {
        true => Ok(value),
        false => Err(BadCell {
            problem: format!("`{value}` is not a finite number"),
            remedy: "Write a null where there is no value.".to_owned(),
        }),
    }
}

/// Through the shortest decimal that names the value: whoever stored 4.03 as a
/// 32-bit float meant 4.03, not the 4.0300002098... that it is in 64 bits, whose
/// tail would hide the step in which the data are quoted.
fn single(value: f32) -> Result<f64, BadCell> {
    if finite(f64::from(value))?.is_nan() {
        return Ok(f64::NAN);
    }
    cell::number(&value.to_string())
}

/// The same for 16 bits, whose own text is that of 32 bits: digits are added until
/// the decimal names the value. Five always do.
fn half(value: Half) -> Result<f64, BadCell> {
    let wide = finite(value.to_f64())?;
    let shortest = (0..5)
        .filter_map(|digits| format!("{wide:.digits$e}").parse().ok())
        .find(|&short| Half::from_f64(short) == value);
    Ok(shortest.unwrap_or(wide))
}

fn decimals<T: DecimalType>(array: &dyn Array, scale: i8) -> Result<Float64Array, BadRow> {
    each::<T>(array, |value| {
        cell::number(&T::format_decimal(value, T::MAX_PRECISION, scale))
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use arrow::array::{
        ArrayRef, Decimal128Array, Float16Array, Float32Array, Int64Array, StringArray, UInt64Array,
    };
    use arrow::compute::cast;
    use proptest::prelude::*;

    #[test]
    fn every_type_of_number_is_read() {
        let small: ArrayRef = Arc::new(Int64Array::from(vec![Some(3), None, Some(100)]));
        use DataType::*;
        for kind in [
            Int8, Int16, Int32, Int64, UInt8, UInt16, UInt32, UInt64, Float16, Float32, Float64,
        ] {
            assert!(is_number(&kind));
            let values = numbers(&cast(&small, &kind).unwrap()).unwrap();
            let expected = Float64Array::from(vec![Some(3.0), None, Some(100.0)]);
            assert_eq!(values, expected, "{kind}");
        }
        for kind in [
            Decimal32(9, 2),
            Decimal64(18, 2),
            Decimal128(38, 2),
            Decimal256(76, 2),
        ] {
            assert!(is_number(&kind));
            let values = numbers(&cast(&small, &kind).unwrap()).unwrap();
            assert_eq!(values.value(2), 100.0, "{kind}");
        }
    }

    #[test]
    fn decimals_are_those_of_text() {
        let array = Decimal128Array::from(vec![403, -97, 0])
            .with_precision_and_scale(10, 2)
            .unwrap();
        assert_eq!(
            numbers(&array).unwrap(),
            Float64Array::from(vec![4.03, -0.97, 0.0])
        );
        let array = Decimal128Array::from(vec![12])
            .with_precision_and_scale(10, -2)
            .unwrap();
        assert_eq!(numbers(&array).unwrap().value(0), 1200.0);
    }

    #[test]
    fn short_floats_keep_their_decimal() {
        let array = Float16Array::from(vec![Half::from_f64(4.03), Half::MAX, Half::from_f64(-0.1)]);
        assert_eq!(
            numbers(&array).unwrap(),
            Float64Array::from(vec![4.03, 65500.0, -0.1])
        );
    }

    #[test]
    fn large_integers_round_as_text_does() {
        let values = numbers(&UInt64Array::from(vec![u64::MAX])).unwrap();
        assert_eq!(
            values.value(0),
            "18446744073709551615".parse::<f64>().unwrap()
        );
    }

    #[test]
    fn what_is_not_finite_is_refused_with_its_row() {
        let array = Float32Array::from(vec![1.0, f32::NAN]);
        assert_eq!(numbers(&array).unwrap().null_count(), 1, "NaN is missing");
        for value in [f32::INFINITY, f32::NEG_INFINITY] {
            let (row, bad) = numbers(&Float32Array::from(vec![1.0, value])).unwrap_err();
            assert_eq!(row, 1);
            assert!(
                bad.problem.contains("is not a finite number"),
                "{}",
                bad.problem
            );
        }
        assert!(numbers(&StringArray::from(vec!["1"])).is_err());
    }

    proptest! {
        #[test]
        fn cents_are_the_same_in_every_type(cents in -99_999i32..=99_999) {
            let text = format!("{}{}.{:02}", if cents < 0 { "-" } else { "" }, cents.abs() / 100, cents.abs() % 100);
            let expected: f64 = text.parse().unwrap();
            let from = |array: &dyn Array| numbers(array).unwrap().value(0).to_bits();
            // A negative zero of text stays one; decimals have none.
            prop_assert_eq!(from(&Float32Array::from(vec![text.parse::<f32>().unwrap()])), expected.to_bits());
            let decimal = Decimal128Array::from(vec![i128::from(cents)]).with_precision_and_scale(9, 2).unwrap();
            prop_assert_eq!(from(&decimal), expected.to_bits());
        }

        #[test]
        fn every_float_is_named_by_its_decimal(bits in any::<u32>()) {
            let value = f32::from_bits(bits);
            if let Ok(read) = numbers(&Float32Array::from(vec![value])) && read.is_valid(0) {
                prop_assert_eq!(read.value(0) as f32, value);
            }
            let value = Half::from_bits(bits as u16);
            if let Ok(read) = numbers(&Float16Array::from(vec![value])) && read.is_valid(0) {
                prop_assert_eq!(Half::from_f64(read.value(0)), value);
            }
        }
    }
}
