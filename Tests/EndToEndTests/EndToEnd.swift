import Testing
import TestSupport

/// The real program, its processes and its sockets. One test at a time: they measure times and use every core.
@Suite(.serialized) enum EndToEnd {}
