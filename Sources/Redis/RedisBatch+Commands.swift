extension RedisBatch {
    /// Adds a command about one key.
    @inlinable
    package mutating func append<each Argument: RedisArgument>(
        _ name: StaticString, _ key: some RedisArgument, _ others: repeat each Argument
    ) {
        var count = 2
        for _ in repeat (each others) { count += 1 }
        let start = begin(name, count: count)
        let keyRange = add(key)
        for argument in repeat (each others) { _ = add(argument) }
        mark(start, key: keyRange)
    }

    /// Adds a command that has no key and goes to any node.
    @inlinable
    package mutating func append<each Argument: RedisArgument>(
        keyless name: StaticString, _ others: repeat each Argument
    ) {
        var count = 1
        for _ in repeat (each others) { count += 1 }
        let start = begin(name, count: count)
        for argument in repeat (each others) { _ = add(argument) }
        mark(start, key: 0..<0)
    }

    /// Adds a command about one key, with the further arguments that the closure adds.
    package mutating func append(
        _ name: StaticString, _ key: some RedisArgument, arguments body: (inout RedisArguments) -> Void
    ) {
        let start = beginUncounted(name)
        let keyRange = add(key)
        body(&arguments)
        endUncounted(start, key: keyRange)
    }

    /// Adds a run of a script.
    /// - Parameter keys: in a cluster all in one slot. Without any, it runs on any node.
    package mutating func append<Key: RedisArgument>(
        _ script: RedisScript, keys: [Key], arguments body: (inout RedisArguments) -> Void = { _ in }
    ) {
        let start = beginUncounted("EVALSHA")
        arguments.add(script.hash)
        arguments.add(keys.count)
        var firstKey = 0..<0
        for (index, key) in keys.enumerated() {
            let range = add(key)
            if index == 0 { firstKey = range }
        }
        body(&arguments)
        endUncounted(start, key: firstKey, script: script)
    }

    /// Adds a run of a script about one key.
    package mutating func append(
        _ script: RedisScript, key: some RedisArgument, arguments body: (inout RedisArguments) -> Void = { _ in }
    ) {
        let start = beginUncounted("EVALSHA")
        arguments.add(script.hash)
        arguments.add(1)
        let keyRange = add(key)
        body(&arguments)
        endUncounted(start, key: keyRange, script: script)
    }
}
