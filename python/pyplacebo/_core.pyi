from typing import Any, Callable, Dict, List, Optional, Tuple, Union

_Table = Union[str, Tuple[str, bytes]]
_Progress = Optional[Callable[[int, int], Any]]

class Answer:
    kind: str
    complete: bool
    columns: List[str]
    definitions: List[str]
    def __len__(self) -> int: ...
    def column(self, name: str) -> Optional[List[Any]]: ...
    def about(self) -> Dict[str, Any]: ...
    def text(self, details: bool, width: Optional[int]) -> str: ...
    def form(self, form: str) -> Optional[bytes]: ...
    def page(self) -> Optional[str]: ...
    def pictures(self) -> List[Tuple[str, str, str]]: ...
    def draws(self, row: int, draws: Optional[int] = None) -> bytes: ...
    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any: ...

class Study:
    name: str
    title: Optional[str]
    draws: int
    @staticmethod
    def open(name: str) -> Study: ...
    @staticmethod
    def parse(text: str, name: str, folder: str) -> Study: ...
    @staticmethod
    def from_tables(tables: Dict[str, Any], folder: str) -> Study: ...
    @staticmethod
    def quick(
        name: str,
        files: List[str],
        held: List[Tuple[str, bytes]],
        events: Optional[str],
        dates: List[str],
        window: List[int],
        keys: Dict[str, Any],
    ) -> Study: ...
    def with_keys(self, keys: Dict[str, Any]) -> Study: ...
    def holding(self, of: str, name: str, bytes: bytes) -> Study: ...
    def to_toml(self) -> str: ...
    def run(self, device: str, threads: Optional[int], chunk: Optional[int], progress: _Progress) -> Answer: ...
    def grid(self, device: str, threads: Optional[int], progress: _Progress) -> Answer: ...
    def power(
        self,
        effects: List[float],
        sets: int,
        levels: List[float],
        series: str,
        group: Optional[str],
        threads: Optional[int],
        progress: _Progress,
    ) -> Answer: ...

def bench(
    shapes: List[str], device: Optional[str], seconds: int, threads: Optional[int], progress: _Progress
) -> Dict[str, Any]: ...
def bootstrap(
    table: _Table,
    statistic: str,
    columns: List[str],
    keywords: Dict[str, Any],
    device: str,
    threads: Optional[int],
    progress: _Progress,
) -> Answer: ...
def bootstrap_own(
    table: _Table,
    columns: List[str],
    keywords: Dict[str, Any],
    callable: Callable[[Any], Any],
    own: Tuple[str, float],
    progress: _Progress,
) -> Answer: ...
def bundled() -> List[Tuple[str, str]]: ...
def columns_to_bytes(columns: List[Tuple[str, str, Any]]) -> bytes: ...
def command_line(words: List[str]) -> int: ...
def device_left_behind() -> bool: ...
def devices() -> List[Dict[str, Any]]: ...
def stream_to_bytes(of: Any, name: str) -> bytes: ...
def table_power(
    formula: str,
    table: _Table,
    keywords: Dict[str, Any],
    effects: List[float],
    sets: int,
    draws: int,
    levels: List[float],
    threads: Optional[int],
    progress: _Progress,
) -> Answer: ...
def test(
    formula: str,
    table: _Table,
    sets: Optional[_Table],
    keywords: Dict[str, Any],
    device: str,
    threads: Optional[int],
    progress: _Progress,
) -> Answer: ...
def test_own(
    formula: str,
    table: _Table,
    sets: Optional[_Table],
    keywords: Dict[str, Any],
    callable: Callable[[Any], Any],
    own: Tuple[str, float],
    progress: _Progress,
) -> Answer: ...
def version() -> str: ...
