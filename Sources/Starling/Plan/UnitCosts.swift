/// What one thing costs, and how that is known.
struct UnitCost: Encodable, Equatable {
    enum Basis: String, Encodable {
        /// By the command in `source`, on the machine of docs/performance.md.
        case measured
        /// From the sizes of what is stored or sent.
        case calculated
        /// A bound in the code or one that a test holds; the cost is at most this.
        case bound
        /// Not measured here: experience with such servers, to be replaced by a measurement of yours.
        case assumed
    }

    let name: String
    let value: Double
    let unit: String
    let basis: Basis
    let source: String
}

/// The one table that plans are counted with.
enum UnitCosts {
    // Processes of Starling
    static let feedRead = UnitCost(
        name: "feed read from memory", value: 24.3, unit: "µs of CPU", basis: .measured,
        source: "docs/performance.md, Feed reads beside other servers: make bench-compare")
    static let pageBytes = UnitCost(
        name: "feed page", value: 8_100, unit: "bytes", basis: .measured,
        source: "docs/performance.md, Feed reads beside other servers: make bench-compare")
    static let coldRead = UnitCost(
        name: "feed read with a timeline from Redis", value: 60.8, unit: "µs of CPU", basis: .bound,
        source: "2.5 times a read from memory, the bound that the distributed profile is built to")
    static let publish = UnitCost(
        name: "publish", value: 157, unit: "µs of CPU", basis: .measured,
        source: "docs/performance.md, The table: make bench")
    static let publishesOnOneMachine = UnitCost(
        name: "publishes on one machine", value: 9_126, unit: "a second", basis: .measured,
        source: "docs/performance.md, The table: make bench")
    static let memoryDelivery = UnitCost(
        name: "delivery into a timeline in memory", value: 0.056, unit: "µs of CPU", basis: .measured,
        source: "docs/performance.md, The table (18 M/s beside other work): make bench-micro")
    static let fanOut = UnitCost(
        name: "delivery into Redis, by the worker", value: 0.47, unit: "µs of CPU", basis: .measured,
        source: "docs/performance.md, The distributed profile: make bench-distributed")
    static let rebuild = UnitCost(
        name: "timeline built from the store", value: 1_600, unit: "µs", basis: .measured,
        source: "docs/performance.md, The table, first read after a restart: make bench")
    static let warmTimeline = UnitCost(
        name: "timeline in memory with its reader", value: 7_844, unit: "bytes", basis: .measured,
        source: "docs/performance.md, The table: make bench")
    static let processBase = UnitCost(
        name: "process with its caches", value: 1.5e9, unit: "bytes", basis: .assumed,
        source: "256 MiB of posts, and the other caches at their bounds")
    static let readersInMemory = UnitCost(
        name: "readers whose relations a process holds", value: 50_000, unit: "readers", basis: .bound,
        source: "the default of --relations-max, and of --home-timelines-max")

    // Redis
    static let delivery = UnitCost(
        name: "delivery, skiplist", value: 5.5, unit: "µs of Redis CPU", basis: .measured, source: redisCommand)
    static let deliveryInListpack = UnitCost(
        name: "delivery, listpack", value: 18.5, unit: "µs of Redis CPU", basis: .measured, source: redisCommand)
    static let timeline = UnitCost(
        name: "timeline of 800, skiplist", value: 90_288, unit: "bytes", basis: .measured, source: redisCommand)
    static let timelineInListpack = UnitCost(
        name: "timeline of 800, listpack", value: 16_574, unit: "bytes", basis: .measured, source: redisCommand)
    static let timelineRead = UnitCost(
        name: "read of a whole timeline", value: 217, unit: "µs of Redis CPU", basis: .measured, source: redisCommand)
    static let limitReport = UnitCost(
        name: "report to the shared rate limits", value: 8.2, unit: "µs of Redis CPU", basis: .measured,
        source: redisCommand)
    static let update = UnitCost(
        name: "update of a delivery, for each process that follows", value: 0.0027, unit: "µs of Redis CPU",
        basis: .measured,
        source: redisCommand)
    static let updateBytes = UnitCost(
        name: "update of a delivery", value: 8.1, unit: "bytes", basis: .calculated,
        source: "Sources/Timelines/Shared/TimelineUpdate.swift: 8,000 owners and 80 posts a message")

    // PostgreSQL
    static let postRow = UnitCost(
        name: "post of 300 bytes with counters and indexes", value: 613, unit: "bytes", basis: .measured,
        source: sqlCommand)
    static let followRows = UnitCost(
        name: "follow, both directions with indexes", value: 292, unit: "bytes", basis: .measured, source: sqlCommand)
    static let eventRow = UnitCost(
        name: "event in the outbox with indexes", value: 171, unit: "bytes", basis: .measured, source: sqlCommand)
    static let accountRow = UnitCost(
        name: "account with a session", value: 1_000, unit: "bytes", basis: .assumed,
        source: "columns of users and sessions")
    static let publishInStore = UnitCost(
        name: "publish, 16 a commit", value: 92, unit: "µs of PostgreSQL CPU", basis: .measured, source: sqlCommand)
    static let publishWAL = UnitCost(
        name: "write-ahead log of a publish", value: 1_022, unit: "bytes", basis: .measured, source: sqlCommand)
    static let pageFromStore = UnitCost(
        name: "20 posts by id", value: 364, unit: "µs of PostgreSQL CPU", basis: .measured, source: sqlCommand)
    static let commitsInOrder = UnitCost(
        name: "commits one after the other", value: 348, unit: "a second", basis: .measured, source: sqlCommand)
    static let postsInCommit = UnitCost(
        name: "posts that share a commit", value: 64, unit: "posts", basis: .bound,
        source: "the committer gathers 64 to 256 statements")
    static let diskWrites = UnitCost(
        name: "disk operations of a publish", value: 8, unit: "operations", basis: .calculated,
        source: "pages of posts, its 3 indexes, counters, outbox and its 2 indexes, written once each")
    static let diskReads = UnitCost(
        name: "disk operations of a page from the store", value: 4, unit: "operations", basis: .assumed,
        source: "one page of 20 posts in five lies outside of memory")

    // SQLite
    static let postInSQLite = UnitCost(
        name: "post of 300 bytes in SQLite", value: 489, unit: "bytes", basis: .measured, source: sqliteCommand)
    static let followInSQLite = UnitCost(
        name: "follow in SQLite, both directions", value: 130, unit: "bytes", basis: .measured, source: sqliteCommand)

    // Kafka and the edge
    static let eventRecord = UnitCost(
        name: "event in Kafka", value: 110, unit: "bytes", basis: .calculated,
        source: "nine integers, a key and the record's head; there is no broker here to measure with")
    static let brokerEvents = UnitCost(
        name: "events of a broker", value: 50_000, unit: "a second", basis: .assumed, source: "small records, acks=all")
    static let edgeConnections = UnitCost(
        name: "connections of a process at the edge", value: 50_000, unit: "connections", basis: .assumed,
        source: "HAProxy with TLS; 45 KB each as measured for Starling's own TLS")
    static let edgeRequest = UnitCost(
        name: "request at the edge", value: 30, unit: "µs of CPU", basis: .assumed,
        source: "the proxy itself, and TLS as measured in docs/performance.md, TLS, HTTP/2, compression")

    static let redisCommand = "docs/scaling.md, Unit costs: python3 -m measure.unit_costs --part redis"
    static let sqlCommand = "docs/scaling.md, Unit costs: python3 -m measure.unit_costs --part postgresql"
    static let sqliteCommand = "docs/scaling.md, Unit costs: python3 -m measure.unit_costs --part sqlite"

    static let all = [
        feedRead, pageBytes, coldRead, publish, publishesOnOneMachine, memoryDelivery, fanOut, rebuild, warmTimeline,
        processBase, readersInMemory, delivery, deliveryInListpack, timeline, timelineInListpack, timelineRead,
        limitReport, update, updateBytes, postRow, followRows, eventRow, accountRow, publishInStore, publishWAL,
        pageFromStore,
        commitsInOrder,
        postsInCommit, diskWrites, diskReads, postInSQLite, followInSQLite, eventRecord, brokerEvents, edgeConnections,
        edgeRequest,
    ]
}
