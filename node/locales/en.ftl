# The words of the pages in English. Every language has the same keys: a test holds it.

## Everywhere
site-title = { $country }: carbon registry
skip = Skip to the main content
languages = Languages
navigation = Parts of the registry
menu = Menu
all-pages = All pages
foot-promise = Everything on these pages can be checked against the public log. No account is needed, no cookie is set before you sign in, and nothing is loaded from other hosts.
sandbox-title = Sandbox.
sandbox-text = Nothing here counts: countries, people and units are made up. The clock says { $time }.
foot-version = Countersign { $version }
as-of = As of log entry { $entry }.
as-of-verify = Verify
same-title = The same by API and command line
same-text = Every page shows what programs can get too.
same-docs = Documentation of the API
none = none
never = never
all = all
from = from { $name }
to = to { $name }
since = since { $day }
period = { $first } to { $last }
share = { $parts } of { $all } parts
percent = { $percent } %
account = account { $account }
vintage = vintage { $year }
tonnes = { $tonnes } t CO₂e
unit-tonnes = tonnes CO₂e
witnessed = witnessed
witnessed-not = not yet witnessed
in-force = in force
revoked = revoked
milliseconds = { $ms } ms
proof-of-entry = proof: entry { $entry }
project-number = Project { $number }
case-number = Case { $number }
sdg = Goal { $goal }
all-as-csv = All rows as CSV
list-empty = There is nothing to show here.
pager = Pages of the list
pager-first = Back to the first page
pager-next = Next page

nav-projects = Projects
nav-map = Map
nav-units = Units
nav-retirements = Retirements
nav-organisations = Organisations
nav-transfers = Transfers
nav-cooperation = Cooperation
nav-accounting = Article 6 account
nav-statistics = Statistics
nav-verify = Verify
nav-transparency = Transparency
nav-federation = Federation
nav-entries = Log entries
nav-notices = Notices of use
nav-letters = Letters
nav-guidance = Guidance
nav-data = Open data
nav-api = API documentation
menu-registry = Registry
menu-article6 = Article 6
menu-proof = Proof
menu-use = Use it

## Numbers and dates
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
date-long = { $day } { $month } { $year }
date-time = { $date }, { $time } UTC
ago-seconds = { $count ->
    [one] { $shown } second ago
   *[other] { $shown } seconds ago
}
ago-minutes = { $count ->
    [one] { $shown } minute ago
   *[other] { $shown } minutes ago
}
ago-hours = { $count ->
    [one] { $shown } hour ago
   *[other] { $shown } hours ago
}
ago-days = { $count ->
    [one] { $shown } day ago
   *[other] { $shown } days ago
}
size-bytes = { $size } bytes
size-kilobytes = { $size } kB
size-megabytes = { $size } MB

## What went wrong
error-not-found = There is no such page
error-not-found-text = Check the address, or look for the serial, project or transfer with the search.
error-malformed = This address can not be read
error-malformed-text = A part of the address or of the form is not what it must be.
error-method = This page takes no such request
error-method-text = Open the page anew from a link.
error-too-many = Too many requests
error-too-many-text = Many requests came from your network in a short time. Wait a moment, then load the page again.
error-busy = The registry is busy
error-busy-text = It can not answer at this moment. Nothing was lost: load the page again shortly.
error-failed = The registry failed to answer
error-failed-text = This is a fault of the registry, and its journal has noted it. Tell the authority the number below.
error-home = To the first page
error-search = Search
error-id = Number of the request:

## First page
home-title = Every tonne, where it is, and the proof
home-lede = The public carbon registry: projects, units, transfers between countries and retirements. Anybody can look into it, and anybody can check it.
home-figures = The registry in numbers
home-unwitnessed = not yet seen by witnesses
home-news = What happened last
home-news-caption = Newest entries of the log
home-all-entries = All entries of the log
home-start = Where to start
home-start-register = Register a project
home-start-serial = Read a serial number
home-start-verify = Check a proof
home-start-data = Get the data
figure-authorised = Authorised
figure-authorised-more = Authorisations and their use
figure-issued = Issued
figure-projects = { $count ->
    [one] { $shown } registered project
   *[other] { $shown } registered projects
}
figure-transferred = First transferred
figure-transferred-more = Transfers between countries
figure-retired = Retired
figure-retired-more = Used and cancelled units

## Search
search-title = Search
search-label = Project, serial number, ITMO identifier, transfer or organisation
search-short = Search
search-button = Search
search-hint = A name, a number, a serial such as GH-27-35, an ITMO identifier, a transfer, or the SHA-256 of a letter.
search-numbers = With this number
search-units = Units
search-projects = Projects
search-organisations = Organisations
search-transfers = Transfers between countries
search-cases = Cases
search-letter = This is the hash of a letter of this registry
search-nothing = Nothing was found
search-nothing-text = Nothing here is called “{ $q }”. Try fewer characters, or the serial number without its end.

## Columns and filters
column-entry = Entry
column-what = What
column-about = About
column-when = When
column-open = open
column-number = Number
column-title = Title
column-name = Name
column-scope = Sectoral scope
column-organisation = Organisation
column-standing = Standing
column-serial = Serial
column-tonnes = Tonnes
column-place = Where
column-since = Since entry
column-vintage = Vintage
column-year = Year
column-purpose = Purpose
column-beneficiary = Beneficiary
column-by = By
column-project = Project
column-stage = Stage
column-transfer = Transfer
column-route = From → to
column-state = State
column-role = Role
column-authorisation = Authorisation
column-uses = Authorised uses
column-used = Used
column-identification = Identification
column-country = Country
column-approach = Approach
column-witness = Witness
column-cosigned = Has cosigned
column-last = Last
column-peer = Node
filter-words = With these characters
filter-scope = Sectoral scope
filter-standing = Standing
filter-sort = Order
filter-kind = Kind
filter-purpose = Purpose
filter-direction = Direction
filter-apply = Show
sort-number = by number
sort-title = by title
sort-newest = newest change first
standing-pending = pending
standing-active = active
standing-suspended = suspended
standing-closed = closed

## Projects
projects-title = Projects
projects-text = Every project that is registered here, with its owner and its standing.
project-unpublished = description not yet public
project-facts = Facts
project-owners = Owners
project-certifier = Certifier
project-crediting = Crediting periods
project-sector = Sector
project-methodology = Methodology
project-start = Start
project-estimate = Estimate per year
project-places = Places
project-elsewhere = In other registries
project-sdg = Sustainable Development Goals
project-units = Units
project-no-units = No units were issued so far.
project-totals = What became of the units, in tonnes by vintage
project-ranges = Ranges of units and where they are
project-ranges-all = All ranges, page by page
project-cases = Monitoring and requests
project-documents = Documents
project-no-documents = No document is open to the public.
project-road = Road map
project-map = Where it is
project-history = History
total-held = Held here
total-abroad = Abroad
total-used = Used
total-cancelled = Cancelled
road-done = done
road-now = now
road-failed = ended here
road-ahead = to come
waits-for = { $step }: awaited from { $by }
act-opened = Opened
act-yes = yes
act-no = no
act-migrated = Moved to a newer process
act-finding-opened = Finding opened
act-finding-answered = Finding answered
act-finding-closed = Finding closed

## Map
map-title = Map of projects
map-text = Published projects with places. Each dot is a place that a project gave.
map-about = { $count ->
    [one] Map with { $shown } place; the table below says the same in words
   *[other] Map with { $shown } places; the table below says the same in words
}
map-source = Outlines of countries: Natural Earth (public domain). They imply no opinion on the legal status of any territory or on its boundaries.
map-empty = No published project has given a place on the map.
map-list = The places as a list
map-positions = Latitude, longitude
map-without = { $count ->
    [one] { $shown } project is not on the map: it has no place there, or is not published.
   *[other] { $shown } projects are not on the map: they have no place there, or are not published.
}
map-all = All projects as a list

## Units
units-title = Units
units-text = A unit is one tonne with a number that never changes. Enter any of its names to see where it is and everything that happened to it.
units-serial = Serial number, range or ITMO identifier
units-hint = Such as
units-show = Show the units
units-learn = New here?
units-where = Where these units are now
units-more = The ranges after these
units-first-of-many = The first { $count } ranges, { $tonnes }
units-of-first = The serial and the facts below it are those of the first range, { $range }. What each range was split from is said on its own page.
units-pieces = The serial, piece by piece
units-itmo = ITMO identifier
units-project = Project
units-foreign-project = Project { $number } of { $country }
units-issued-at = Issued
units-foreign-entry = Entry { $entry } in the log of { $country }
units-authorisation = Authorisation
units-first-transfer = First transfer
units-first-transfer-by = by { $country }, under { $approach }
units-not-transferred = not first transferred
units-tree = Split from
units-tree-text = From the issuance down to these units: each range was split off the one above it.
units-beside = beside
units-custody = Chain of custody
units-events-more = All that happened, page by page
piece-party = issued by { $country }
piece-type = kind of unit
piece-scope = sectoral scope: { $scope }
piece-project = number of the project
piece-vintage = year of the mitigation
piece-reserved = reserved, 0
piece-first = first unit
piece-last = last unit
piece-approach = cooperative approach
piece-registry = registry
piece-first-transferring = first transferred by { $country }
piece-numbers = numbers of the units
place-available = in account { $account }
place-on-hold = on hold in account { $account }
place-reserved = set aside in account { $account }
place-escrow = locked for a transfer, from account { $account }
place-abroad = in { $country }
place-used = used
place-cancelled = cancelled
event-issuance = Issued
event-split = Split
event-hold = Put on hold
event-lift = Hold lifted
event-reserve = Set aside for a request
event-free = Set free
event-transfer = Moved between accounts
event-lock = Locked for a transfer abroad
event-release = Released: the transfer was refused
event-finalise = Transferred abroad
event-acquire = Acquired from abroad
event-retire = Used
event-cancel = Cancelled
event-hold-placed = Hold placed by the authority
event-hold-lifted = Hold lifted by the authority

## Retirements
retirements-title = Retirements
retirements-text = Units that were used or cancelled. They never move again.
retirement-title = Retirement { $entry }
retirement-headline = { $tonnes } retired
retirement-open = the retirement
retirement-for-ever = These units were retired for ever. Nobody can use them a second time, here or in another country.
retirement-certificate = Certificate
retirement-reason = Reason
retirement-jurisdiction = Used in
retirement-units = Units
retirement-commitment = Sealed beneficiary
retirement-commitment-text = The log holds only this hash of the name and a secret number. Whoever has both can show that they belong to it.
beneficiary-private = not public
certificate-title = Certificate of retirement
certificate-text = The registry { $registry } certifies that the units below were retired and can not be used again.
certificate-back = Back to the retirement
certificate-proof = Proof
certificate-proof-text = This retirement is entry { $entry } of the public log. Open the address, or scan the code, to see whether the log still says so.
certificate-qr = QR code with the address of this retirement
certificate-file = Certificate as PDF/A with its proof
certificate-print = To keep it, print this page or save it as PDF. The proof bundle on the page of the retirement can be checked without a network.
retired-retire = Used
retired-cancel = Cancelled
purpose-ndc = towards an NDC
purpose-international-mitigation = international mitigation purposes
purpose-other-purposes = other purposes
purpose-overall-mitigation = overall mitigation in global emissions
purpose-voluntary = voluntary

## Transfers
transfers-title = Transfers between countries
transfers-text = A transfer is in exactly one country at every moment. Both logs prove it.
direction-out = leaving
direction-in = arriving
state-locked = locked
state-final = final
state-released = released
state-acquired = acquired
state-refused = refused
transfer-open = the transfer
transfer-where = Where the units are now
transfer-lanes = Step by step, in both countries
transfer-facts = Facts
transfer-agreement = Agreement
transfer-expiry = To be refused after
transfer-proof = See the proof
transfer-elsewhere = Proven by entry { $entry } of { $origin }
transfer-account = Account { $account }
transfer-clock = by the clock of { $country }
transfer-now-locked-unwitnessed = The units are still here. They are locked and can not be used.
transfer-next-locked-unwitnessed = Next: the witnesses of this log must cosign the lock. Nothing leaves before that.
transfer-now-locked = The units are still here. They are locked and can not be used.
transfer-next-locked = Next: { $country } must answer with a proof. If it never does, the units stay locked: only a proven refusal sets them free.
transfer-now-final = The units are in { $country }.
transfer-next-final = Nothing is left to do.
transfer-now-released = The units are here again and free.
transfer-next-released = { $country } refused with proof. Nothing is left to do.
transfer-now-acquired = The units are here.
transfer-next-acquired = { $country } notes the end in its own log.
transfer-now-refused = The units stayed in { $country }.
transfer-next-refused = This registry refused for ever. { $country } sets the units free with that proof.
lane-source = From: { $country }
lane-destination = To: { $country }
step-lock = Locked at the origin
step-witnessed = Cosigned by witnesses
step-cancel-asked = Cancel asked
step-answer = Answer of the destination
step-acquire = Acquired
step-refuse = Refused
step-finalise = Final at the origin
step-release = Released at the origin
step-settled = End at the origin noted

## Organisations
organisations-title = Organisations
organisations-text = Project developers, certifiers and authorities of this registry.
organisation-kind-government = Authority
organisation-kind-developer = Developer
organisation-kind-certifier = Certifier
organisation-kind-other = Other
organisation-projects = Projects
organisation-no-projects = It has no registered project.
organisation-all-projects = All its projects
organisation-retirements = Its retirements

## Cooperation
cooperation-title = Cooperation under Article 6
cooperation-text = With whom this country cooperates, what it has authorised, and how much of that is used.
approaches-title = Cooperative approaches
approaches-none = No cooperative approach was recorded so far.
approach-report = initial report submitted
approach-no-report = no initial report yet
approach-parties = Parties
approach-definition = First transfer for other purposes
approach-initial-report = Initial report
definition-authorisation = the authorisation
definition-issuance = the issuance
definition-use-or-cancellation = the use or cancellation
definition-first-international-transfer = the first international transfer
authorisations-title = Authorisations
authorisations-text = Each bar shows how much of an authorised quantity was first transferred or is on its way.
authorisations-none = No authorisation was recorded so far.
authorisation-date = Date
authorisation-issue-until = Issue until
authorisation-use-until = Use until
authorisation-acquirers = May acquire and use
authorisation-any-party = any Party of the approach
authorisation-framework = Rules and methodologies
authorisation-changes = Changes
authorisation-terms = Terms and conditions
entities-title = Authorised entities
entities-none = No entity was authorised so far.
gauge = { $used } of { $all }
gauge-unlimited = { $used }, no limit set
records-title = Records
records-caption = Entries of the log about this, oldest first
uses-ndc = towards an NDC
uses-oimp = other international mitigation purposes
uses-imp = international mitigation purposes
uses-op = other purposes
uses-ndc-and-oimp = NDC and other international mitigation purposes
uses-ndc-and-imp = NDC and international mitigation purposes
uses-ndc-and-op = NDC and other purposes

## Article 6 account
accounting-title = Article 6 account
accounting-text = The country's contributions, where its units lie, and everything that was done with them under Article 6.
ndc-none = No contribution (NDC) was recorded so far.
ndc-title = NDC { $first }–{ $last }
ndc-method = Method of adjustment
ndc-reference = Reference level { $year }, t CO₂e
ndc-target = Target { $year }, t CO₂e
ndc-trajectory = Trajectory
ndc-levels = Emissions covered
method-trajectory = indicative multi-year trajectory
method-averaging = averaging
method-multi-year = multi-year trajectory
ndc-adjusted = With corresponding adjustments
reports-title = Annual reports (agreed electronic format)
reports-text = What the country froze as a version of a year. A version never changes: compare the SHA-256 of its JSON.
reports-none = The country has frozen no annual report so far. What was done with units is below, entry by entry.
report-title = Annual report { $year }, version { $version }
report-text = The report in the agreed electronic format, as the country froze it. Every row follows from the public log.
report-version = Version
report-frozen = Frozen
report-from = Entries of the log that it follows from
report-size = Size
report-sha256 = SHA-256 of the JSON
report-tables = What is in it
report-table = Table
regular-title = Regular information
regular-text = The structured summary of each NDC with the quantities under it, computed from the log as it is now. It is no submission.
regular-none = There is none without an NDC.
positions-title = Where units lie
positions-text = Units by approach, purpose of the account and vintage. No holder is named.
positions-itmos = First transferred
positions-authorised = Authorised
holds-party-holding = Party's holding
holds-entity-holding = entities' holding
holds-buffer = buffer
holds-share-of-proceeds = share of proceeds
holds-use-towards-ndc = used towards the NDC
holds-international-mitigation = international mitigation purposes
holds-other-purposes = other purposes
holds-overall-mitigation = overall mitigation
holds-other-cancellation = cancelled otherwise
actions-title = Actions
actions-text = What was done with units, in the order of the log.
action-authorised = Authorised
action-first-transferred = First transferred
action-transferred = Transferred
action-acquired = Acquired
action-used-towards-ndc = Used towards the NDC
action-ended = Used or cancelled
action-partners-first-transfer = First transfer of a partner's units

## Statistics
statistics-title = Statistics
statistics-text = The registry in charts. Each has its table and its file.
statistics-size = Counted over the first { $entries } entries of the log.
chart-empty = There is nothing to count yet.
chart-table = The table behind this chart
chart-csv = CSV: { $chart }
chart-svg = Picture: { $chart }
chart-by-year = What happened, by year
chart-by-year-text = Tonnes that were issued, transferred, acquired and retired in each calendar year.
chart-by-vintage = Vintages, and where their units are
chart-by-vintage-text = Tonnes by the year of the mitigation. A unit is in one place only.
chart-by-scope = Sectors, and where their units are
chart-by-scope-text = Tonnes that this country issued, by sectoral scope.
chart-projects = Registered projects by sector
chart-projects-text = How many projects each sectoral scope has.
chart-by-partner = Partner countries
chart-by-partner-text = Tonnes that went to a partner, that came from it, and that are on their way.
chart-end-states = From authorised to where units are
chart-end-states-text = Tonnes that this country issued, by whether they are authorised under Article 6, and what became of them. Each band is as wide as its tonnes.
chart-end-countries = From authorised to the country of destination
chart-end-countries-text = The same tonnes, those abroad by the country that has them now.
ends-at-home = in this country
ends-other-countries = other countries
chart-by-region = Projects by region
chart-by-region-text = Published projects by the regions that they name. A project in several regions counts in each.
chart-agreements = Agreements, and how much of each is used
chart-agreements-text = Tonnes that moved under each agreement, in each direction: in all, and in the year. The bar is full when the limit is reached.
chart-between = Between countries
chart-between-text = Tonnes that went from one country (row) to another (column), as this log and those of partners that are kept here say.
chart-stages = Processing times
chart-stages-text = Days from when a case came into a stage to when it left it: the dark bar is the median, the light one what nine in ten did not exceed.
chart-from = From
stage-time-median = Median, days
stage-time-p90 = Nine in ten, days
stage-time-times = Cases
ends-authorised = Authorised
ends-not-authorised = Not authorised
column-region = Region
column-agreement = Agreement
agreement-used = Used
agreement-limit = Limit
agreement-in-all = in all
at-available = in accounts
at-on-hold = on hold
at-escrow = locked
at-abroad = abroad
at-used = used
at-cancelled = cancelled
partner-out = to the partner
partner-in = from the partner
partner-open = on the way

## Open data
data-title = Open data
data-text = Everything public, as files, without an account and without a fee.
data-files = Files
data-file = File
data-about = What it holds
data-about-projects = Registered projects
data-about-organisations = Organisations
data-about-retirements = Used and cancelled ranges of units
data-about-transfers = Transfers between countries
data-about-actions = What was done with units under Article 6
data-about-use-notices = Notices of uses abroad
data-about-letters = Letters that were issued
data-about-history = Everything that happened to ranges of units
data-about-units = Ranges of units as they stand
data-about-statistics = Sums by year, vintage, sector and partner
data-about-places = Where published projects are
data-about-datapackage = Description of every column (Data Package)
data-about-sha256sums = Hashes of all files
data-nightly = Files of the night
data-nightly-text = Everything follows from the first { $entry } entries of the log; made { $time }. Parquet and JSON Lines have every text as it is.
data-root = Root of the log there
data-rows = Rows
data-check = To check what was downloaded:
data-programs = For programs
data-programs-text = The API gives the same and more, with stable names, and says what changed.
data-events = every event, in order and without holes
data-tiles = the log itself (C2SP tlog-tiles), which any web server can copy
data-terms = Terms
data-terms-text = The data of this registry may be used, copied and published. Name the registry and the log entry that a figure is from.

## Verify
verify-title = Verify a proof
verify-text = Paste a proof bundle. The registry checks every hash and signature in it and says in plain words what it proves.
verify-paste = Proof bundle
verify-hint = A text that begins with c2sp.org/tlog-proof@v1. Every page of an entry, retirement or transfer offers it.
verify-button = Verify
verify-says = It proves
verify-stands = It stands as
verify-entry-of = entry { $entry } of { $origin }
verify-under = Under
verify-under-text = the signed head of { $size } entries
verify-witnesses = Witnessed by
verify-later = What happened since
verify-offline = Without trusting this page
verify-offline-text = The same check runs on your own computer without a network. You need the program and a file that says whom you believe.
verdict-valid = Valid
verdict-valid-text = The log holds this entry. Nothing has happened to its units since, as far as this registry knows.
verdict-moved = Valid, but later moved
verdict-moved-text = The log holds this entry, but its units were moved, used or locked later. See below.
verdict-elsewhere = Valid; freshness unknown
verdict-elsewhere-text = A partner's log holds this entry. Whether something happened to its units since, only that country's registry knows.
verdict-quorum = Too few witnesses
verdict-quorum-text = The signature of the log is right, but fewer witnesses have cosigned than this registry demands. Ask for the proof again in a moment.
verdict-altered = Altered
verdict-altered-text = Something in this bundle was changed, or belongs to something else. It proves nothing.
verdict-unknown = Unknown issuer
verdict-unknown-text = This bundle comes from a log that this registry does not know. It may be true, but it can not be checked here.
verdict-unreadable = This is no proof bundle
verdict-unreadable-text = Paste the whole text of the file, from its first line to its last.
verdict-record = The entry stands in the log, and this release can not read it
verdict-record-text = The proof holds. What the entry says is of a later format than this release reads, or breaks the rules of its format.
verdict-fork = Two ledgers under one key
verdict-fork-text = This bundle is signed by this registry and its witnesses, but the registry's own log says something else at this place. Keep this bundle and tell the authority and the partners: it is evidence.

## The federation on a map
world-title = Federation
world-text = The countries that this registry works with: how this node stands with theirs, and what went between them.
world-about = { $count ->
    [one] Map of { $shown } country; the lists below say the same in words
   *[other] Map of { $shown } countries; the lists below say the same in words
}
map-own = this registry's country
map-silent = unreachable, frozen or no partner any more
map-bad = accused, or breaks a rule
map-other = a partner's partner
routes-title = What went between countries, in words
routes-none = Nothing has gone from one country to another yet.
routes-from = From
routes-to = To
renewed = As of { $time }.
renew = Renew this page

## Transparency
transparency-title = Transparency
transparency-text = Who watches this registry, and what they see. A registry that shows two stories is found out by its witnesses.
alarm-none = No alarm
alarm-none-text = The log is witnessed, and no witness has complained.
alarm-not-ready = The registry is not ready
alarm-witness = Witness { $name } did not cosign
alarm-accused = The ledger of { $name } stands accused
alarm-disputed = This registry and that of { $name } disagree about units
head-title = Head of the log
head-entries = Entries
head-last = Last entry
head-root = Root
head-witnessed = Witnessed
head-all = all entries
head-behind = { $count ->
    [one] { $shown } entry to go
   *[other] { $shown } entries to go
}
head-nothing = nothing yet
head-log = Log
head-key = Key of the log
witnesses-title = Witnesses
witnesses-text = They compare each head with what they saw before, and cosign only what continues it.
witnesses-none = None is configured: nothing can leave this registry.
witness-current = up to date
witness-behind = behind
witness-fault = refused
partners-title = Partners
partners-text = The nodes of partner countries, as this node reaches them. Each checks this log by itself before it believes a transfer.
partners-none = None is listed.
partner-connected = connected
partner-unreachable = not connected
open-title = Open transfers
open-outgoing = { $count ->
    [one] { $shown } transfer waits for its destination.
   *[other] { $shown } transfers wait for their destination.
}
open-incoming = { $count ->
    [one] { $shown } answer waits for its origin.
   *[other] { $shown } answers wait for their origin.
}
watch-title = Watch it yourself
watch-text = The log is published in the formats of C2SP, so that tools of others can follow it.

## Entries of the log
entries-title = Log entries
entries-text = Everything that ever happened in this registry, in order. An entry never changes and never goes away.
entries-caption = Entries, newest first
entries-older = Older entries
entry-title = Entry { $entry }
entry-request = Request
entry-holds = This entry is proven
entry-holds-text = Every hash below leads to the signed head of { $size } entries of { $origin }.
entry-broken = This proof does not hold
entry-waits = Not witnessed yet
entry-waits-text = The entry is in the log, but no quorum of witnesses has cosigned a head that covers it. Load this page again in a moment.
entry-credential = Download the credential (W3C)
entry-download = Download the proof bundle
entry-check = Check a bundle
entry-leaf = What the entry says
entry-leaf-text = The record, { $bytes } bytes in its one possible encoding.
entry-leaf-show = Show the record
entry-hash = Its hash
entry-hash-text = SHA-256 of a zero byte and the bytes of the record (RFC 6962).
entry-ladder = The ladder of hashes
entry-ladder-text = { $count ->
    [one] { $shown } hash of a neighbour leads from the entry up to the root.
   *[other] { $shown } hashes of neighbours lead from the entry up to the root.
}
entry-ladder-show = Show every step
entry-left = with, on the left,
entry-right = with, on the right,
entry-root = The root
entry-root-equal = The ladder ends at the signed root.
entry-root-other = The ladder does not end at the signed root.
entry-checkpoint = The checkpoint
entry-checkpoint-text = The root and the number of entries, as the log signed them.
entry-checkpoint-show = Show the checkpoint
entry-signatures = The signatures
entry-signer = Signer
entry-role = Role
entry-key = Key
entry-role-log = the log
entry-role-witness = witness
entry-role-unknown = not known here
entry-yourself = Check it yourself
entry-yourself-text = Save the proof bundle and verify it on your own computer, without a network.

record-genesis = The ledger begins
record-organisation = Organisation
record-account = Account opened
record-project = Project registered
record-issuance = Units issued
record-split = Range split
record-hold = Hold
record-transfer = Moved between accounts
record-lock = Locked for a transfer abroad
record-ask-cancel = Cancel asked
record-acquire = Acquired from abroad
record-refuse = Transfer refused
record-finalise = Transfer final
record-release = Units released
record-source-settled = End of a transfer noted
record-retire = Units retired
record-block-header = End of a block
record-key-rotation = New key of the log
record-partner = Partner country
record-agreement = Agreement
record-process-part = Part of a process file
record-process-adopted = Process adopted
record-case-opened = Case opened
record-case-act = Step in a case
record-case-migrated = Case moved to a newer process
record-hold-placed = Hold placed by the authority
record-hold-lifted = Hold lifted by the authority
record-finding-opened = Finding opened
record-finding-answered = Finding answered
record-finding-closed = Finding closed
record-letter-issued = Letter issued
record-trusted-receiver = Trusted receiver
record-ledger-accused = Evidence against a partner’s ledger
record-ledger-cleared = Ledger of a partner cleared
record-positions-compared = Ledger compared with a partner’s
record-freeze-honoured = Partner’s order to freeze honoured
record-freeze-ended = Partner’s order to freeze ended
record-cooperative-approach = Cooperative approach
record-initial-report = Initial report
record-ndc = Contribution (NDC)
record-emissions-level = Level of emissions
record-authorised-entity = Authorised entity
record-authorisation = Authorisation
record-authorisation-revoked = Authorisation revoked
record-units-authorised = Units authorised
record-use-notified = Use abroad notified

## Sectoral scopes of the CDM
scope-1 = Energy industries
scope-2 = Energy distribution
scope-3 = Energy demand
scope-4 = Manufacturing industries
scope-5 = Chemical industries
scope-6 = Construction
scope-7 = Transport
scope-8 = Mining and mineral production
scope-9 = Metal production
scope-10 = Fugitive emissions from fuels
scope-11 = Fugitive emissions from halocarbons and SF₆
scope-12 = Solvent use
scope-13 = Waste handling and disposal
scope-14 = Afforestation and reforestation
scope-15 = Agriculture
scope-16 = Carbon capture and storage

## Guidance
guidance-title = Guidance
guidance-text = Short answers for whoever reads this registry for the first time.
guide-register = How to register a project
guide-register-1 = Your organisation registers first. The authority checks it and admits it; then its people sign in.
guide-register-2 = You hand in the project with its design document. A certifier validates it, and the authority decides.
guide-register-3 = After each monitoring period you hand in a report. A certifier verifies it, and the authority issues the units into your account.
guide-register-4 = Every step and whose turn it is stands on the page of the project. The steps of this country are data: the API gives the whole process file.
guide-serial = How to read a serial number
guide-serial-1 = A serial such as VU-ITMO-11-356-2022-0-27-35 names a range of units, each one tonne of CO₂ equivalent.
guide-serial-2 = Its parts are the country, the kind of unit, the sectoral scope, the number of the project, the year of the mitigation, a reserved number, and the first and the last unit.
guide-serial-3 = The number of a unit never changes. When a range is split, both parts keep their numbers, so that every unit can be followed from its issuance on.
guide-serial-4 = Once a unit was first transferred to another country it has an ITMO identifier too, which names the cooperative approach and the first transferring country.
guide-proof = What a proof proves
guide-proof-1 = Everything that happens here becomes an entry in a log that can only grow. Each head of the log is signed.
guide-proof-2 = Independent witnesses compare each head with the one before and cosign it. If the registry ever showed two different logs, honest witnesses would not sign both.
guide-proof-3 = A proof bundle holds one entry, the hashes that lead from it to a signed head, and the signatures. Whoever has it needs no network and no trust in this site.
guide-proof-4 = A proof says what was true at its head. Whether units moved later, only a newer look into the registry says.
guide-transfer = How units cross a border
guide-transfer-1 = The origin locks the units and proves the lock. The destination checks that proof by itself and answers with its own: acquired, or refused.
guide-transfer-2 = Only that answer ends the lock: acquired makes the transfer final, refused sets the units free. Silence does neither, so that no unit is ever in two countries.
guide-transfer-3 = The page of a transfer shows both lanes, each step with its entry, and who must act next.
guide-words = Glossary
guide-words-1 = ITMO: internationally transferred mitigation outcome, a unit that counts under Article 6.2 of the Paris Agreement.
guide-words-2 = NDC: nationally determined contribution, what a country has promised to do for the climate.
guide-words-3 = Corresponding adjustment: what one country adds to its emissions balance because another counts the mitigation.
guide-words-4 = Cooperative approach: what two or more countries have agreed on for ITMOs. AEF: the agreed electronic format of their annual report.
guide-words-5 = Vintage: the year in which the mitigation occurred.
guide-words-6 = Retirement: the use or cancellation of a unit. It ends there for ever.
guide-access = Accessibility
guide-access-1 = These pages aim at WCAG 2.2 level AA. They work with a keyboard and with a screen reader, at 400 % zoom, without scripts, on old phones and over slow links.
guide-access-2 = Every chart and map has a table that says the same.
guide-access-3 = If something stands in your way, tell the authority that keeps this registry.
guide-privacy = Privacy
guide-privacy-1 = These pages set no cookie, count no visitor and load nothing from other hosts.
guide-privacy-2 = The log holds no names of persons. It holds hashes with secret numbers; when a person is erased, the numbers go, and nobody can link the hash any more.
guide-privacy-3 = A beneficiary of a retirement is named here only if it has agreed to that.

## Systems around the registry
badges-title = Other systems:
bridge-name-cad-trust = CAD Trust
bridge-name-mrv = National MRV system
bridge-name-itmo-platform = UNDP ITMO platform
badge-agrees = agrees
badge-absent = not there
badge-due = under way
badge-stopped = something is missing here
badge-differs = differs
badge-dead = refused there

# ---- notices, letters, partners' ledgers
notices-title = Notices of uses abroad
notices-text = What other registries told this country of units that left before their first transfer, as it was recorded.
notice-title = Notice from { $party }
notice-day = Day of the use
notice-party = Where
notice-reference = Where the notice can be found
notice-recorded = Recorded
notice-text = What happened there is the first transfer of these units.
recorded-letters-title = Letters
recorded-letters-text = Every letter that this registry issued is recorded in its log by the SHA-256 of its file. What a letter says is for those whose letter it is.
letter-language = Language
letter-case = Case
letter-text = Whoever has the file can compare its SHA-256 with this one.
mirrored-title = Ledger of { $country }
mirrored-text = These are entries of the other country's ledger, as this registry keeps and checks them.
mirrored-origin = Log
mirrored-refused = Entry { $entry } breaks a rule. It and those after it are not believed here.
mirrored-unreadable = An entry that this release can not read
