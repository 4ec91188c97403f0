import Telemetry
import Testing

@testable import BlobStore

@Suite struct TurnstileTests {
    @Test("no more get in than there is room for, in the order they came; past the bound they are refused")
    func bound() async throws {
        let turnstile = Turnstile("test", max: 1, waitersMax: 1, metrics: NOOPMetricsHandler.instance)
        var first: Turnstile.Pass? = try await turnstile.enter()
        let second = Task { try await turnstile.enter() }
        while turnstile.waiting < 1 { await Task.yield() }
        #expect(await failure { try await turnstile.enter() }?.code == .overloaded)
        withExtendedLifetime(first) {}
        first = nil
        let pass = try await second.value
        #expect(turnstile.inside == 1)
        withExtendedLifetime(pass) {}
    }

    @Test("who is cancelled while waiting leaves the line")
    func cancelled() async throws {
        let turnstile = Turnstile("test", max: 1, waitersMax: 8, metrics: NOOPMetricsHandler.instance)
        let pass = try await turnstile.enter()
        let second = Task { try await turnstile.enter() }
        while turnstile.waiting < 1 { await Task.yield() }
        second.cancel()
        await #expect(throws: CancellationError.self) { try await second.value }
        #expect(turnstile.waiting == 0)
        withExtendedLifetime(pass) {}
    }

    @Test("who waits too long is refused, and takes no place later")
    func patience() async throws {
        let turnstile = Turnstile("test", max: 1, waitMax: .milliseconds(1), metrics: NOOPMetricsHandler.instance)
        var pass: Turnstile.Pass? = try await turnstile.enter()
        #expect(await failure { try await turnstile.enter() }?.code == .overloaded)
        withExtendedLifetime(pass) {}
        pass = nil
        #expect(turnstile.inside == 0)
    }
}
