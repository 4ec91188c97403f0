/// Machines or processes of one kind.
struct Role: Encodable, Equatable {
    let name: String
    let count: Int
    let coresEach: Double
    let gibEach: Double
    var diskGBEach = 0.0
    /// What their number follows from.
    let because: String

    var cores: Double { Double(count) * coresEach }
    var gib: Double { Double(count) * gibEach }
    var diskGB: Double { Double(count) * diskGBEach }
}

/// Something there is only so much of.
struct Limit: Encodable, Equatable {
    let name: String
    let used: Double
    let available: Double
    let unit: String
    /// What to do about it.
    let remedy: String

    var share: Double { available > 0 ? used / available : .infinity }
    var isExceeded: Bool { share > 1 }

    private enum Keys: String, CodingKey {
        case name, used, available, unit, remedy, share
    }

    func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Keys.self)
        try values.encode(name, forKey: .name)
        try values.encode(used, forKey: .used)
        try values.encode(available, forKey: .available)
        try values.encode(unit, forKey: .unit)
        try values.encode(remedy, forKey: .remedy)
        try values.encode(share, forKey: .share)
    }
}

/// Which engines a community of this size takes.
enum Stage: Int, Comparable, CaseIterable, Encodable {
    case oneMachine = 1
    case postgreSQL
    case redis
    case kafka
    case shards

    static func < (lhs: Stage, rhs: Stage) -> Bool { lhs.rawValue < rhs.rawValue }

    var title: String {
        switch self {
        case .oneMachine: "one machine, SQLite is enough"
        case .postgreSQL: "one process on PostgreSQL"
        case .redis: "several processes on PostgreSQL and Redis"
        case .kafka: "several processes on PostgreSQL, Redis and Kafka"
        case .shards: "several processes on PostgreSQL in shards, Redis and Kafka"
        }
    }
}

/// Counts that are sized so that one more may fail.
enum Sizing {
    private static let unevenMax = 1.05

    /// Machines that hold `need`, where each holds `each`; one more where `spare`, and never less than two then.
    static func count(_ need: Double, each: Double, spare: Bool) -> Int {
        let plain = max(1, whole(need / each))
        return spare ? plain + 1 : plain
    }

    /// Machines for `need` where buckets are dealt out whole, and all get about the same number.
    ///
    /// Where some would get notably more than others, more machines are taken, so that all get as little as the fullest may.
    /// - Returns: nil where there are fewer buckets than machines are needed.
    static func shards(_ need: Int, buckets: Int) -> Int? {
        guard need <= buckets else { return nil }
        let even = Double(buckets) / Double(max(1, need))
        guard even.rounded(.up) > even * unevenMax else { return max(1, need) }
        let bucketsEach = buckets / max(1, need)
        return (buckets + bucketsEach - 1) / bucketsEach
    }

    /// Rounded up, and bounded: a plan of more machines than this is none.
    static func whole(_ number: Double) -> Int {
        number.isNaN || number <= 0 ? 0 : Int(min(number.rounded(.up), 1e12))
    }
}
