"""The filter language: CQL2 text or JSON, parsed, guarded, and compiled to SQL that knows yes, no and unknown."""

from lilong.kernel.filters.compiling import Compiled, compile
from lilong.kernel.filters.errors import FilterError, FilterTooSlow
from lilong.kernel.filters.expressions import Expr
from lilong.kernel.filters.language import parse
from lilong.kernel.filters.writing import write

__all__ = ["Compiled", "Expr", "FilterError", "FilterTooSlow", "compile", "parse", "write"]
