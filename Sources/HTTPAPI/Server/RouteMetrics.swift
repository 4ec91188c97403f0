import Metrics
import Synchronization
import Telemetry

/// The metrics of each route's answers, by class of status. Handles are kept: finding one by its labels costs more than
/// recording.
package final class RouteMetrics: Sendable {
    struct Handles: Sendable {
        private let seconds: Metrics.Timer
        private let requests: Counter

        fileprivate init(route: String, statusClass: Int) {
            let labels = [("route", route), ("status", "\(statusClass)xx")]
            seconds = Metrics.Timer(label: MetricName.httpRequestSeconds, dimensions: labels)
            requests = Counter(label: MetricName.httpRequests, dimensions: labels)
        }

        func record(_ duration: Duration) {
            seconds.record(duration: duration)
            requests.increment()
        }
    }

    private struct Key: Hashable {
        let route: String
        let statusClass: Int
    }

    /// Answers given by front desks.
    let frontAnswers = Counter(label: MetricName.httpFastPathRequests)
    private let known = Mutex<[Key: Handles]>([:])

    package init() {}

    /// - Parameter route: the template of a route, of which there are as many as endpoints.
    func handles(route: String, status: Int) -> Handles {
        let key = Key(route: route, statusClass: status / 100)
        return known.withLock { known in
            if let handles = known[key] { return handles }
            let handles = Handles(route: route, statusClass: key.statusClass)
            known[key] = handles
            return handles
        }
    }
}
