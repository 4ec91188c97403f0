import CRdKafka
import Core
import Dispatch
import Synchronization

/// Owns one client of the C library, and the queue on which everything it has to say arrives.
///
/// It never calls back into Swift: delivery reports, rebalances, errors, statistics and logs are all taken from the
/// queue. Sendable because the library's clients and queues may be used from any thread, and these two references never
/// change.
final class KafkaClient: @unchecked Sendable {
    enum Kind {
        case producer
        case consumer
    }

    /// Where the library's threads are waited for when a client ends. Concurrent: one that takes long holds up no other.
    private static let ends = DispatchQueue(label: "starling.kafka.ends", attributes: .concurrent)

    private let kind: Kind
    let handle: OpaquePointer
    let queue: OpaquePointer
    /// Before 2.3.0 the library ends the whole process if a consumer is destroyed that has begun to join its group
    /// cooperatively and was assigned nothing yet (librdkafka issue 4312).
    private static let mustBeAssigned = rd_kafka_version() < 0x0203_0000
    private let mayBeDestroyed: Atomic<Bool>

    /// - Throws: `KafkaError` `.misconfigured`, with the library's reason.
    init(_ kind: Kind, _ options: [(String, String)], events: Int32) throws {
        guard let configuration = rd_kafka_conf_new() else { throw KafkaError(.misconfigured, "out of memory") }
        var isHandedOver = false
        defer { if !isHandedOver { rd_kafka_conf_destroy(configuration) } }
        var reason = [CChar](repeating: 0, count: 512)
        for (name, value) in options {
            guard rd_kafka_conf_set(configuration, name, value, &reason, reason.count) == RD_KAFKA_CONF_OK else {
                throw KafkaError(.misconfigured, Self.text(reason))
            }
        }
        rd_kafka_conf_set_events(
            configuration, events | RD_KAFKA_EVENT_LOG | RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_STATS)
        let type = kind == .producer ? RD_KAFKA_PRODUCER : RD_KAFKA_CONSUMER
        guard let handle = rd_kafka_new(type, configuration, &reason, reason.count) else {
            throw KafkaError(.misconfigured, Self.text(reason))
        }
        isHandedOver = true
        if kind == .consumer { rd_kafka_poll_set_consumer(handle) }
        let queue = kind == .consumer ? rd_kafka_queue_get_consumer(handle) : rd_kafka_queue_get_main(handle)
        guard let queue else {
            rd_kafka_destroy(handle)
            throw KafkaError(.misconfigured, "the client has no queue")
        }
        rd_kafka_set_log_queue(handle, queue)
        self.kind = kind
        self.handle = handle
        self.queue = queue
        mayBeDestroyed = Atomic(kind == .producer || !Self.mustBeAssigned)
    }

    /// A consumer's group has given it partitions.
    func noteAssigned() { mayBeDestroyed.store(true, ordering: .relaxed) }

    /// The last reference may be let go on any thread, also one that tasks share; nobody waits here.
    deinit {
        // Its threads and memory stay, once for each start that came to nothing, which is better than the end of everything.
        guard mayBeDestroyed.load(ordering: .relaxed) else { return }
        let remains = Remains(handle: handle, queue: queue, isConsumer: kind == .consumer)
        Self.ends.async { remains.destroy() }
    }

    /// What is left to give back to the library. Sendable because nobody else has it any more.
    private struct Remains: @unchecked Sendable {
        let handle: OpaquePointer
        let queue: OpaquePointer
        let isConsumer: Bool

        func destroy() {
            // One that ends while it is asked to give up partitions would wait for an answer for ever, and busily (2.0.2).
            if isConsumer { rd_kafka_assign(handle, nil) }
            rd_kafka_queue_destroy(queue)
            // Groups are left in `KafkaConsumer.close`; one that was not closed is found missing by its silence.
            rd_kafka_destroy_flags(handle, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE)
        }
    }

    /// Takes the next thing from the queue, if one comes in time.
    func withEvent<T>(within wait: Duration, _ body: (OpaquePointer) throws -> T) rethrows -> T? {
        guard let event = rd_kafka_queue_poll(queue, wait.milliseconds) else { return nil }
        defer { rd_kafka_event_destroy(event) }
        return try body(event)
    }

    /// Ends the wait that is under way.
    func endWait() { rd_kafka_queue_yield(queue) }

    /// What made the client unusable, if something did.
    var fatalError: KafkaError? {
        var reason = [CChar](repeating: 0, count: 512)
        let error = rd_kafka_fatal_error(handle, &reason, reason.count)
        guard error != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
        return KafkaError(error, isFatal: true, Self.text(reason))
    }

    /// An error of the library, which is given back to it.
    static func check(_ error: OpaquePointer?) throws {
        guard let error else { return }
        defer { rd_kafka_error_destroy(error) }
        throw KafkaError(
            rd_kafka_error_code(error), isFatal: rd_kafka_error_is_fatal(error) != 0,
            String(cString: rd_kafka_error_string(error)))
    }

    private static func text(_ buffer: [CChar]) -> String {
        String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

extension rd_kafka_resp_err_t {
    func check() throws {
        guard self == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(self) }
    }
}
