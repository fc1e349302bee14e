//! Arguments of calls, as numbers and structures.

use super::Problem;
use super::symbols;
use crate::ast::{Expr, ExprKind, Field};

type Arg<T> = Result<T, Problem>;

/// A number: an integer, a symbol, `A|B`, `htons(n)`.
pub(super) fn int(e: &Expr) -> Arg<i64> {
    match &e.kind {
        ExprKind::Int(n) => Ok(*n),
        ExprKind::Word(w) => symbols::value(w).ok_or_else(|| Problem::unsupported(format!("the symbol {w}"))),
        ExprKind::Or(parts) => parts.iter().try_fold(0, |all, p| Ok(all | int(p)?)),
        ExprKind::Apply(f, args) if matches!(f.as_str(), "htons" | "htonl") && args.len() == 1 => {
            int(&args[0])
        }
        ExprKind::List(items) if items.len() == 1 => int(&items[0]),
        _ => Err(Problem::failed(format!("{}: a number was expected here", e.at))),
    }
}

/// `n`-th argument.
pub(super) fn nth(args: &[Expr], n: usize) -> Arg<&Expr> {
    args.get(n).ok_or_else(|| Problem::failed(format!("argument {} is missing", n + 1)))
}

/// `n`-th argument as a number.
pub(super) fn nth_int(args: &[Expr], n: usize) -> Arg<i64> {
    int(nth(args, n)?)
}

/// Whether an argument is `...`.
pub(super) fn any(e: &Expr) -> bool {
    e.kind == ExprKind::Any
}

/// Members of `{…}`.
pub(super) fn fields(e: &Expr) -> Arg<&[Field]> {
    match &e.kind {
        ExprKind::Struct(fields) => Ok(fields),
        ExprKind::List(items) if items.len() == 1 => fields_of_one(&items[0]),
        _ => Err(Problem::failed(format!("{}: a structure was expected here", e.at))),
    }
}

fn fields_of_one(e: &Expr) -> Arg<&[Field]> {
    match &e.kind {
        ExprKind::Struct(fields) => Ok(fields),
        _ => Err(Problem::failed(format!("{}: a structure was expected here", e.at))),
    }
}

/// A member by name.
pub(super) fn member<'a>(fields: &'a [Field], name: &str) -> Option<&'a Expr> {
    fields.iter().find(|f| f.name.as_deref() == Some(name)).map(|f| &f.value)
}

/// Elements of `[…]`; a single thing counts as a list of one.
pub(super) fn list(e: &Expr) -> &[Expr] {
    match &e.kind {
        ExprKind::List(items) => items,
        _ => std::slice::from_ref(e),
    }
}

/// Total length of `[{..., 10}, {..., 20}]`.
pub(super) fn iovec_len(e: &Expr) -> Arg<usize> {
    let mut total: usize = 0;
    for element in list(e) {
        let [_, len] = fields(element)? else {
            return Err(Problem::failed(format!(
                "{}: a buffer and its length were expected here",
                element.at
            )));
        };
        total = total.saturating_add(length(&len.value)?);
    }
    Ok(total)
}

/// A length in octets, bounded by what a script may sensibly ask for.
pub(super) fn length(e: &Expr) -> Arg<usize> {
    /// More than any buffer here holds.
    const MOST: i64 = 1 << 30;
    let n = int(e)?;
    usize::try_from(n)
        .ok()
        .filter(|_| n <= MOST)
        .ok_or_else(|| Problem::failed(format!("{}: {n} octets", e.at)))
}

/// A buffer is `...` (zeros) for what is written; other contents would not be the zeros that packets carry. Whether it
/// is NULL, or some other address at which there is nothing.
pub(super) fn buffer(e: &Expr) -> Arg<bool> {
    match &e.kind {
        ExprKind::Any => Ok(false),
        ExprKind::Int(_) => Ok(true),
        ExprKind::Word(w) if w == "NULL" => Ok(true),
        _ => Err(Problem::unsupported("buffers with contents")),
    }
}

/// Total length of `[{..., 10}, {..., 20}]`, or, where a buffer is nowhere, of those before it; and whether one is.
pub(super) fn iovec(e: &Expr) -> Arg<(usize, bool)> {
    let mut total: usize = 0;
    for element in list(e) {
        let [base, len] = fields(element)? else { return iovec_len(e).map(|n| (n, false)) };
        let len = length(&len.value)?;
        if buffer(&base.value)? && len > 0 {
            return Ok((total, true));
        }
        total = total.saturating_add(len);
    }
    Ok((total, false))
}

/// Every symbol of an expression is known; else the first that is not.
pub(super) fn unknown_symbol(e: &Expr) -> Option<String> {
    match &e.kind {
        ExprKind::Word(w) => symbols::value(w).is_none().then(|| format!("the symbol {w}")),
        ExprKind::Or(parts) | ExprKind::List(parts) | ExprKind::Apply(_, parts) => {
            parts.iter().find_map(unknown_symbol)
        }
        ExprKind::Struct(fields) => fields
            .iter()
            .find_map(|f| f.arg.iter().find_map(unknown_symbol).or_else(|| unknown_symbol(&f.value))),
        _ => None,
    }
}
