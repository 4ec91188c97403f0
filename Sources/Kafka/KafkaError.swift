import CRdKafka

/// What went wrong between this process and the brokers.
package struct KafkaError: Error, CustomStringConvertible {
    package enum Code: Sendable {
        /// Trying again may help.
        case retriable
        /// The client can do no more: its owner makes a new one.
        case fatal
        /// What was asked is refused, and would be again: a record that is too large, a topic that is not there.
        case refused
        case timedOut
        case closed
        case misconfigured
    }

    package let code: Code
    package let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// - Parameter isFatal: whether the client says that it cannot go on.
    init(_ error: rd_kafka_resp_err_t, isFatal: Bool = false, _ message: String? = nil) {
        self.message = message ?? String(cString: rd_kafka_err2str(error))
        code = isFatal ? .fatal : Self.code(of: error)
    }

    private static func code(of error: rd_kafka_resp_err_t) -> Code {
        switch error {
        case RD_KAFKA_RESP_ERR__FATAL, RD_KAFKA_RESP_ERR__GAPLESS_GUARANTEE, RD_KAFKA_RESP_ERR__FENCED: .fatal
        case RD_KAFKA_RESP_ERR__PURGE_QUEUE, RD_KAFKA_RESP_ERR__PURGE_INFLIGHT, RD_KAFKA_RESP_ERR__DESTROY: .closed
        case RD_KAFKA_RESP_ERR__TIMED_OUT, RD_KAFKA_RESP_ERR__MSG_TIMED_OUT: .timedOut
        case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE,
            RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
            RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED,
            RD_KAFKA_RESP_ERR__INVALID_ARG, RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE,
            RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION:
            .refused
        default: .retriable
        }
    }

    package var description: String { "\(code): \(message)" }
}
