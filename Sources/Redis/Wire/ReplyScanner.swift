/// Finds where replies end, without making anything of them. It goes on where it stopped when more bytes arrive.
struct ReplyScanner {
    /// Where the next value's head begins.
    private var position = 0
    /// Where the reply began that is being scanned.
    private(set) var start = 0
    /// How many values each open array still lacks, the innermost last.
    private var open: [Int] = []
    private let limits: ReplyLimits

    init(limits: ReplyLimits) {
        self.limits = limits
        open.reserveCapacity(limits.depthMax)
    }

    /// Scans on to the end of one reply.
    /// - Parameter bytes: from where the scanner's positions count; more each time, until `drop`.
    /// - Returns: where the reply ends; nil if more bytes are needed.
    /// - Throws: `RedisError` with the code `malformedReply`.
    mutating func next(_ bytes: UnsafeRawBufferPointer) throws(RedisError) -> Int? {
        while true {
            guard let head = try RespHead(bytes, at: position, limits) else { return nil }
            switch head.kind {
            case .line: position = head.end
            case .bulk(let count):
                // Compared by subtraction: a sum could overflow.
                guard bytes.count - head.end >= count + 2 else { return nil }
                position = head.end + count + 2
                guard bytes[position - 2] == UInt8(ascii: "\r"), bytes[position - 1] == UInt8(ascii: "\n") else {
                    throw RespHead.malformed("a bulk that does not end where it says")
                }
            case .array(let count):
                position = head.end
                if count > 0 {
                    guard open.count < limits.depthMax else { throw RespHead.malformed("arrays nested too deeply") }
                    open.append(count)
                    continue
                }
            }
            if closeValue() {
                defer { start = position }
                return position
            }
        }
    }

    /// The first bytes are gone: positions count from after them.
    mutating func drop(_ count: Int) {
        position -= count
        start -= count
    }

    /// One value is complete, and with it each array that lacked only this one.
    /// - Returns: whether the reply is.
    private mutating func closeValue() -> Bool {
        while let lacking = open.last {
            if lacking > 1 {
                open[open.count - 1] = lacking - 1
                return false
            }
            open.removeLast()
        }
        return true
    }
}
