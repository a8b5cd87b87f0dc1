// What an app does with the official SDK, for SegmentSdkTest: `node talk.mjs HOST WRITE_KEY SCENARIO USER [N]`.
// Prints one JSON object: how many calls the SDK says are delivered, and the answers that it got.
import { Analytics } from '@segment/analytics-node'

const [host, writeKey, scenario, user, count] = process.argv.slice(2)
const analytics = new Analytics({ writeKey, host, flushAt: 50, flushInterval: 1000 })

const answers = []
analytics.on('http_response', (answer) => answers.push(answer.status))

const told = []
/** One call; the SDK tells its callback when the call is delivered, or why it is not. */
const call = (type, fields) =>
  told.push(new Promise((resolve) => analytics[type](fields, (failure) => resolve(failure))))

const scenarios = {
  everything() {
    call('page', { anonymousId: `${user}-visitor`, name: 'Pricing', properties: { url: 'https://shop.example/pricing' } })
    call('track', { anonymousId: `${user}-visitor`, event: 'Product Viewed', properties: { product_id: 'p1' } })
    call('identify', {
      userId: user,
      traits: {
        name: 'Ada Ångström',
        plan: 'gold',
        timezone: 'Europe/Berlin',
        consents: [{ channel: 'email', purpose: 'marketing', granted: true, source: 'sdk' }],
      },
    })
    call('alias', { userId: user, previousId: `${user}-visitor` })
    call('group', { userId: user, groupId: 'acme', traits: { plan: 'enterprise', employees: 12 } })
    call('screen', { userId: user, name: 'Home', properties: { tab: 1 } })
    call('track', { userId: user, event: 'Order Completed', properties: { order_id: `${user}-o`, total: 12.5, currency: 'USD' } })
  },
  orders() {
    for (let i = 0; i < Number(count); i++) {
      call('track', { userId: user, event: 'Order Completed', properties: { total: 2 } })
    }
  },
}
scenarios[scenario]()
await analytics.closeAndFlush({ timeout: 40_000 })

const failures = (await Promise.all(told)).filter(Boolean)
console.log(JSON.stringify({
  delivered: told.length - failures.length,
  failures: failures.map(String),
  answers,
}))
