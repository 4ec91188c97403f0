#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The process's own metrics, read from `/proc` when they are asked for; absent where there is no `/proc`.
/// Names are those of https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics.
struct ProcessMetrics: Sendable {
    /// The fields of `/proc/self/stat` that are of use, see proc_pid_stat(5).
    struct Stat: Equatable {
        var cpuTicks: UInt64
        var startTicks: UInt64
        var residentPages: UInt64

        /// The second field is the command's name in parentheses and may hold spaces and parentheses itself.
        init?(_ text: String) {
            guard let end = text.lastIndex(of: ")") else { return nil }
            let fields = text[text.index(after: end)...].split(separator: " ")
            guard fields.count > 21, let user = UInt64(fields[11]), let system = UInt64(fields[12]),
                let start = UInt64(fields[19]), let resident = UInt64(fields[21])
            else { return nil }
            cpuTicks = user &+ system
            startTicks = start
            residentPages = resident
        }
    }

    private let ticksPerSecond = Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
    private let pageBytes = Double(sysconf(Int32(_SC_PAGESIZE)))
    /// Seconds since 1970 at which the machine started.
    private let bootTime: Double? = Self.contents(of: "/proc/stat").flatMap(Self.bootTime)

    func write(to text: inout PrometheusText) {
        if let stat = Self.contents(of: "/proc/self/stat").flatMap(Stat.init) {
            text.family(
                "process_cpu_seconds_total", kind: .counter, help: "Total user and system CPU time spent in seconds.")
            text.sample("process_cpu_seconds_total", number: Double(stat.cpuTicks) / ticksPerSecond)
            text.family("process_resident_memory_bytes", kind: .gauge, help: "Resident memory size in bytes.")
            text.sample("process_resident_memory_bytes", number: Double(stat.residentPages) * pageBytes)
            if let bootTime {
                text.family(
                    "process_start_time_seconds", kind: .gauge,
                    help: "Start time of the process since unix epoch in seconds.")
                text.sample("process_start_time_seconds", number: bootTime + Double(stat.startTicks) / ticksPerSecond)
            }
        }
        if let count = Self.openDescriptors() {
            text.family("process_open_fds", kind: .gauge, help: "Number of open file descriptors.")
            text.sample("process_open_fds", integer: count)
        }
    }

    static func bootTime(inStat text: String) -> Double? {
        for line in text.split(separator: "\n") where line.hasPrefix("btime ") {
            return Double(line.dropFirst("btime ".count))
        }
        return nil
    }

    /// Entries of `/proc/self/fd`, without the one that reading them opens.
    private static func openDescriptors() -> UInt64? {
        guard let directory = opendir("/proc/self/fd") else { return nil }
        defer { closedir(directory) }
        var count: UInt64 = 0
        while let entry = readdir(directory) {
            if entry.pointee.d_name.0 != UInt8(ascii: ".") { count += 1 }
        }
        return count > 0 ? count - 1 : 0
    }

    /// Files of `/proc` have no size to ask for; they are read to their end, of which the first 256 KiB are kept.
    private static func contents(of path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while bytes.count < 256 * 1024 {
            let count = read(descriptor, &chunk, chunk.count)
            guard count > 0 else { break }
            bytes += chunk.prefix(count)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
