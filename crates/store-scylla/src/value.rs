//! Values as the server takes them. Numbers are signed there; keys keep their order.

use scylla::value::CqlValue;

pub(crate) fn blob(bytes: impl Into<Vec<u8>>) -> CqlValue {
    CqlValue::Blob(bytes.into())
}

pub(crate) const fn int(number: i32) -> CqlValue {
    CqlValue::Int(number)
}

pub(crate) const fn big(number: i64) -> CqlValue {
    CqlValue::BigInt(number)
}

/// An id, a version, a turn: they stay below 2^63.
pub(crate) const fn num(number: u64) -> CqlValue {
    CqlValue::BigInt(number.cast_signed())
}

/// A sort key so that signed order is its order. For times it is the Unix millisecond.
pub(crate) const fn signed(sort: u64) -> i64 {
    (sort ^ (1 << 63)).cast_signed()
}

/// Back from [`signed`].
pub(crate) const fn unsigned(sort: i64) -> u64 {
    sort.cast_unsigned() ^ (1 << 63)
}
