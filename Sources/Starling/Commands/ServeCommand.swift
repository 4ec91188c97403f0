import ArgumentParser
import Foundation
import Logging

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the server.",
        discussion: """
            Settings come from these flags, then from the environment (STARLING_PORT=8080), then from the file named
            by --config. A setting that is unknown or impossible stops the start with a sentence that says what to do.

            Stop it with Ctrl-C or SIGTERM: it finishes what is in flight first.
            """)

    @OptionGroup var options: ServerOptions

    func run() async throws {
        try await CommandFailure.explained {
            let settings = try await ServerSettings(options, environment: ProcessInfo.processInfo.environment)
            let metrics = Observability.start(level: settings.logLevel, format: settings.logFormat)
            let server = Server(settings: settings, metrics: metrics, logger: Logger(label: "starling"))
            let host = settings.host.contains(":") ? "[\(settings.host)]" : settings.host
            let scheme = settings.certificate == nil ? "http" : "https"
            try await server.run { port in
                if let port {
                    print("Starling \(StarlingVersion.current) listens on \(scheme)://\(host):\(port)")
                } else {
                    let roles = settings.roles.map(\.rawValue).sorted().joined(separator: ", ")
                    print("Starling \(StarlingVersion.current) works as \(roles)")
                }
                // Whoever waits for this line behind a pipe shall see it now.
                fflush(nil)
            }
        }
    }
}
