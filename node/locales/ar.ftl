# كلمات الصفحات بالعربية. لكل لغة المفاتيح نفسها، واختبار يتحقق من ذلك.

## في كل مكان
site-title = { $country }: سجل الكربون
skip = انتقل إلى المحتوى الرئيسي
languages = اللغات
navigation = أقسام السجل
menu = القائمة
all-pages = كل الصفحات
foot-promise = كل ما في هذه الصفحات يمكن التحقق منه في الدفتر العلني. لا حاجة إلى حساب، ولا تُحفظ ملفات تعريف قبل تسجيل الدخول، ولا يُحمَّل شيء من خوادم أخرى.
sandbox-title = بيئة تجريبية.
sandbox-text = لا شيء هنا يُعتدّ به: البلدان والأشخاص والوحدات كلها مختلَقة. تشير الساعة إلى { $time }.
foot-version = Countersign { $version }
as-of = الحالة عند القيد { $entry } من الدفتر.
as-of-verify = تحقّق
same-title = الشيء نفسه عبر الواجهة البرمجية وسطر الأوامر
same-text = تبيّن كل صفحة كيف يحصل برنامج على البيانات نفسها.
same-docs = توثيق الواجهة البرمجية
none = لا يوجد
never = أبدًا
all = الكل
from = من { $name }
to = إلى { $name }
since = منذ { $day }
period = من { $first } إلى { $last }
share = { $parts } من { $all } حصص
percent = { $percent }٪
account = الحساب { $account }
vintage = سنة التخفيف { $year }
tonnes = { $tonnes } طن مكافئ CO₂
unit-tonnes = طن من مكافئ CO₂
witnessed = مشهود عليه
witnessed-not = لم يُشهد عليه بعد
in-force = سارٍ
revoked = ملغى
milliseconds = { $ms } مللي ثانية
proof-of-entry = الإثبات: القيد { $entry }
project-number = المشروع { $number }
case-number = الملف { $number }
sdg = الهدف { $goal }
all-as-csv = كل الصفوف بصيغة CSV
list-empty = لا شيء يُعرض هنا.
pager = صفحات القائمة
pager-first = العودة إلى الصفحة الأولى
pager-next = الصفحة التالية

nav-projects = المشاريع
nav-map = الخريطة
nav-units = الوحدات
nav-retirements = السحب
nav-organisations = المنظمات
nav-transfers = التحويلات
nav-cooperation = التعاون
nav-accounting = حساب المادة ٦
nav-statistics = الإحصاءات
nav-verify = التحقق
nav-transparency = الشفافية
nav-federation = الاتحاد
nav-entries = قيود الدفتر
nav-notices = إشعارات الاستخدام
nav-letters = الرسائل
nav-guidance = الإرشاد
nav-data = البيانات المفتوحة
nav-api = توثيق الواجهة البرمجية
menu-registry = السجل
menu-article6 = المادة ٦
menu-proof = الإثبات
menu-use = الاستخدام

## الأعداد والتواريخ
month-1 = يناير
month-2 = فبراير
month-3 = مارس
month-4 = أبريل
month-5 = مايو
month-6 = يونيو
month-7 = يوليو
month-8 = أغسطس
month-9 = سبتمبر
month-10 = أكتوبر
month-11 = نوفمبر
month-12 = ديسمبر
date-long = { $day } { $month } { $year }
date-time = { $date }، { $time } ت ع م
ago-seconds = { $count ->
    [zero] الآن
    [one] قبل ثانية
    [two] قبل ثانيتين
    [few] قبل { $shown } ثوانٍ
   *[other] قبل { $shown } ثانية
}
ago-minutes = { $count ->
    [one] قبل دقيقة
    [two] قبل دقيقتين
    [few] قبل { $shown } دقائق
   *[other] قبل { $shown } دقيقة
}
ago-hours = { $count ->
    [one] قبل ساعة
    [two] قبل ساعتين
    [few] قبل { $shown } ساعات
   *[other] قبل { $shown } ساعة
}
ago-days = { $count ->
    [one] قبل يوم
    [two] قبل يومين
    [few] قبل { $shown } أيام
   *[other] قبل { $shown } يومًا
}
size-bytes = { $size } بايت
size-kilobytes = { $size } كيلوبايت
size-megabytes = { $size } ميغابايت

## ما لم ينجح
error-not-found = لا توجد صفحة كهذه
error-not-found-text = تحقّق من العنوان، أو ابحث عن الرقم التسلسلي أو المشروع أو التحويل.
error-malformed = لا يمكن قراءة هذا العنوان
error-malformed-text = جزء من العنوان أو من الاستمارة ليس كما يجب.
error-method = لا تقبل هذه الصفحة طلبًا كهذا
error-method-text = افتح الصفحة من جديد عبر رابط.
error-too-many = طلبات أكثر مما يجب
error-too-many-text = وردت من شبكتك طلبات كثيرة في وقت قصير. انتظر لحظة ثم أعد تحميل الصفحة.
error-busy = السجل مشغول
error-busy-text = لا يستطيع الإجابة في هذه اللحظة. لم يضع شيء: أعد تحميل الصفحة بعد قليل.
error-failed = تعذّر على السجل أن يجيب
error-failed-text = هذا خلل في السجل وقد دوّنه. أبلغ الجهة المختصة بالرقم أدناه.
error-home = إلى الصفحة الأولى
error-search = بحث
error-id = رقم الطلب:

## الصفحة الأولى
home-title = كل طن، أين هو، والإثبات
home-lede = سجل الكربون العلني: المشاريع والوحدات والتحويلات بين البلدان والسحب. لكل أحد أن يطّلع عليه، ولكل أحد أن يتحقق منه.
home-figures = السجل بالأرقام
home-unwitnessed = لم يره الشهود بعد
home-news = آخر ما حدث
home-news-caption = أحدث قيود الدفتر
home-all-entries = كل قيود الدفتر
home-start = من أين تبدأ
home-start-register = تسجيل مشروع
home-start-serial = قراءة رقم تسلسلي
home-start-verify = التحقق من إثبات
home-start-data = الحصول على البيانات
figure-authorised = مأذون به
figure-authorised-more = الأذون واستخدامها
figure-issued = مُصدَر
figure-projects = { $count ->
    [zero] لا مشاريع مسجلة
    [one] مشروع مسجل واحد
    [two] مشروعان مسجلان
    [few] { $shown } مشاريع مسجلة
   *[other] { $shown } مشروعًا مسجلًا
}
figure-transferred = محوَّل أول مرة
figure-transferred-more = التحويلات بين البلدان
figure-retired = مسحوب
figure-retired-more = الوحدات المستخدمة والملغاة

## البحث
search-title = البحث
search-label = مشروع أو رقم تسلسلي أو معرّف ITMO أو تحويل أو منظمة
search-short = بحث
search-button = ابحث
search-hint = اسم، أو رقم، أو رقم تسلسلي مثل GH-27-35، أو معرّف ITMO، أو تحويل، أو بصمة SHA-256 لرسالة.
search-numbers = بهذا الرقم
search-units = الوحدات
search-projects = المشاريع
search-organisations = المنظمات
search-transfers = التحويلات بين البلدان
search-cases = الملفات
search-letter = هذه بصمة رسالة من هذا السجل
search-nothing = لم يُعثر على شيء
search-nothing-text = لا شيء هنا باسم «{ $q }». جرّب حروفًا أقل، أو الرقم التسلسلي بلا نهايته.

## الأعمدة والمرشّحات
column-entry = القيد
column-what = ماذا
column-about = بشأن
column-when = متى
column-open = افتح
column-number = الرقم
column-title = العنوان
column-name = الاسم
column-scope = النطاق القطاعي
column-organisation = المنظمة
column-standing = الوضع
column-serial = الرقم التسلسلي
column-tonnes = الأطنان
column-place = أين
column-since = منذ القيد
column-vintage = سنة التخفيف
column-year = السنة
column-purpose = الغرض
column-beneficiary = المستفيد
column-by = من
column-project = المشروع
column-stage = المرحلة
column-transfer = التحويل
column-route = من ← إلى
column-state = الحالة
column-role = الدور
column-authorisation = الإذن
column-uses = الاستخدامات المأذون بها
column-used = المستخدم
column-identification = التعريف
column-country = البلد
column-approach = النهج
column-witness = الشاهد
column-cosigned = وقّع معه حتى
column-last = آخر مرة
column-peer = العقدة
filter-words = بهذه الحروف
filter-scope = النطاق القطاعي
filter-standing = الوضع
filter-sort = الترتيب
filter-kind = النوع
filter-purpose = الغرض
filter-direction = الاتجاه
filter-apply = اعرض
sort-number = حسب الرقم
sort-title = حسب العنوان
sort-newest = أحدث تغيير أولًا
standing-pending = قيد الانتظار
standing-active = نشط
standing-suspended = موقوف
standing-closed = مغلق

## المشاريع
projects-title = المشاريع
projects-text = كل مشروع مسجل هنا، مع مالكه ووضعه.
project-unpublished = الوصف لم يُنشر بعد
project-facts = المعطيات
project-owners = المالكون
project-certifier = جهة التصديق
project-crediting = فترات الاعتماد
project-sector = القطاع
project-methodology = المنهجية
project-start = البداية
project-estimate = التقدير في السنة
project-places = الأماكن
project-elsewhere = في سجلات أخرى
project-sdg = أهداف التنمية المستدامة
project-units = الوحدات
project-no-units = لم تُصدَر وحدات حتى الآن.
project-totals = ما آلت إليه الوحدات، بالأطنان حسب سنة التخفيف
project-ranges = نطاقات الوحدات وأماكنها
project-ranges-all = جميع النطاقات، صفحة بعد صفحة
project-cases = الرصد والطلبات
project-documents = الوثائق
project-no-documents = لا وثيقة مفتوحة للعموم.
project-road = خريطة الطريق
project-map = أين يقع
project-history = السيرة
total-held = محفوظ هنا
total-abroad = في الخارج
total-used = مستخدم
total-cancelled = ملغى
road-done = تم
road-now = الآن
road-failed = انتهى هنا
road-ahead = لاحقًا
waits-for = { $step }: يُنتظر من { $by }
act-opened = فُتح
act-yes = نعم
act-no = لا
act-migrated = نُقل إلى إجراء أحدث
act-finding-opened = فُتحت ملاحظة
act-finding-answered = أُجيب عن الملاحظة
act-finding-closed = أُغلقت الملاحظة

## الخريطة
map-title = خريطة المشاريع
map-text = المشاريع المنشورة ذات الأماكن. كل نقطة مكان ذكره مشروع.
map-about = { $count ->
    [one] خريطة بمكان واحد؛ والجدول أدناه يقول ذلك بالكلمات
    [two] خريطة بمكانين؛ والجدول أدناه يقول ذلك بالكلمات
    [few] خريطة بـ{ $shown } أماكن؛ والجدول أدناه يقول ذلك بالكلمات
   *[other] خريطة بـ{ $shown } مكانًا؛ والجدول أدناه يقول ذلك بالكلمات
}
map-source = حدود البلدان: Natural Earth (ملك عام). وهي لا تنطوي على أي رأي في الوضع القانوني لأي إقليم أو في حدوده.
map-empty = لم يذكر أي مشروع منشور مكانًا على الخريطة.
map-list = الأماكن في قائمة
map-positions = خط العرض، خط الطول
map-without = { $count ->
    [one] مشروع واحد ليس على الخريطة: لا مكان له عليها أو لم يُنشر.
    [two] مشروعان ليسا على الخريطة: لا مكان لهما عليها أو لم يُنشرا.
    [few] { $shown } مشاريع ليست على الخريطة: لا مكان لها عليها أو لم تُنشر.
   *[other] { $shown } مشروعًا ليست على الخريطة: لا مكان لها عليها أو لم تُنشر.
}
map-all = كل المشاريع في قائمة

## الوحدات
units-title = الوحدات
units-text = الوحدة طن واحد له رقم لا يتغير أبدًا. أدخل أي اسم من أسمائها لترى أين هي وكل ما جرى لها.
units-serial = رقم تسلسلي أو نطاق أو معرّف ITMO
units-hint = مثل
units-show = اعرض الوحدات
units-learn = أول زيارة؟
units-where = أين هذه الوحدات الآن
units-more = النطاقات التالية
units-first-of-many = أول { $count } نطاقًا، { $tonnes }
units-of-first = الرقم التسلسلي والبيانات التي تليه تخص النطاق الأول، { $range }. أصل كل نطاق مذكور في صفحته.
units-pieces = الرقم التسلسلي جزءًا جزءًا
units-itmo = معرّف ITMO
units-project = المشروع
units-foreign-project = المشروع { $number } ({ $country })
units-issued-at = الإصدار
units-foreign-entry = القيد { $entry } في الدفتر ({ $country })
units-authorisation = الإذن
units-first-transfer = التحويل الأول
units-first-transfer-by = من { $country }، بموجب { $approach }
units-not-transferred = لم يحدث تحويل أول
units-tree = منقسم عن
units-tree-text = من الإصدار إلى هذه الوحدات: كل نطاق انقسم عن الذي فوقه.
units-beside = بجانب
units-custody = سلسلة الحيازة
units-events-more = كل الأحداث، صفحة بعد صفحة
piece-party = أصدرها: { $country }
piece-type = نوع الوحدة
piece-scope = النطاق القطاعي: { $scope }
piece-project = رقم المشروع
piece-vintage = سنة التخفيف
piece-reserved = محجوز، 0
piece-first = أول وحدة
piece-last = آخر وحدة
piece-approach = النهج التعاوني
piece-registry = السجل
piece-first-transferring = حوّلها أول مرة: { $country }
piece-numbers = أرقام الوحدات
place-available = في الحساب { $account }
place-on-hold = محجوزة في الحساب { $account }
place-reserved = مخصصة في الحساب { $account }
place-escrow = مقفلة لتحويل، من الحساب { $account }
place-abroad = في { $country }
place-used = مستخدمة
place-cancelled = ملغاة
event-issuance = إصدار
event-split = انقسام
event-hold = حجز
event-lift = رفع الحجز
event-reserve = تخصيص لطلب
event-free = تحرير
event-transfer = نقل بين الحسابات
event-lock = قفل لتحويل إلى الخارج
event-release = تحرير: رُفض التحويل
event-finalise = تحويل إلى الخارج
event-acquire = اكتساب من الخارج
event-retire = استخدام
event-cancel = إلغاء
event-hold-placed = حجز من الجهة المختصة
event-hold-lifted = رفع الحجز من الجهة المختصة

## السحب
retirements-title = السحب
retirements-text = وحدات استُخدمت أو أُلغيت. لا تتحرك بعد ذلك أبدًا.
retirement-title = السحب { $entry }
retirement-headline = سُحب { $tonnes }
retirement-open = السحب
retirement-for-ever = سُحبت هذه الوحدات إلى الأبد. لا يستطيع أحد استخدامها مرة ثانية، لا هنا ولا في بلد آخر.
retirement-certificate = الشهادة
retirement-reason = السبب
retirement-jurisdiction = استُخدمت في
retirement-units = الوحدات
retirement-commitment = مستفيد مختوم
retirement-commitment-text = لا يحوي الدفتر إلا هذه البصمة للاسم ولعدد سري. من عنده الاثنان يستطيع أن يُظهر أنهما يخصّانها.
beneficiary-private = غير علني
certificate-title = شهادة سحب
certificate-text = يشهد السجل { $registry } أن الوحدات أدناه سُحبت ولا يمكن استخدامها مرة أخرى.
certificate-back = العودة إلى السحب
certificate-proof = الإثبات
certificate-proof-text = هذا السحب هو القيد { $entry } من الدفتر العلني. افتح العنوان أو امسح الرمز لترى هل ما زال الدفتر يقول ذلك.
certificate-qr = رمز QR بعنوان هذا السحب
certificate-file = الشهادة بصيغة PDF/A مع إثباتها
certificate-print = لحفظها اطبع هذه الصفحة أو احفظها بصيغة PDF. أما حزمة الإثبات في صفحة السحب فيُتحقق منها بلا شبكة.
retired-retire = استخدام
retired-cancel = إلغاء
purpose-ndc = لمساهمة محددة وطنيًا
purpose-international-mitigation = أغراض تخفيف دولية
purpose-other-purposes = أغراض أخرى
purpose-overall-mitigation = تخفيف شامل للانبعاثات العالمية
purpose-voluntary = طوعي

## التحويلات
transfers-title = التحويلات بين البلدان
transfers-text = يكون التحويل في كل لحظة في بلد واحد بالضبط. والدفتران يثبتان ذلك.
direction-out = صادر
direction-in = وارد
state-locked = مقفل
state-final = نهائي
state-released = محرَّر
state-acquired = مكتسب
state-refused = مرفوض
transfer-open = التحويل
transfer-where = أين الوحدات الآن
transfer-lanes = خطوة خطوة، في البلدين
transfer-facts = المعطيات
transfer-agreement = الاتفاق
transfer-expiry = يُرفض بعد
transfer-proof = انظر الإثبات
transfer-elsewhere = أثبته القيد { $entry } من { $origin }
transfer-account = الحساب { $account }
transfer-clock = بحسب ساعة { $country }
transfer-now-locked-unwitnessed = ما زالت الوحدات هنا. وهي مقفلة ولا يمكن استخدامها.
transfer-next-locked-unwitnessed = التالي: على شهود هذا الدفتر أن يوقّعوا القفل. لا يخرج شيء قبل ذلك.
transfer-now-locked = ما زالت الوحدات هنا. وهي مقفلة ولا يمكن استخدامها.
transfer-next-locked = التالي، جواب بإثبات من: { $country }. وإن لم يأتِ بقيت الوحدات مقفلة: لا يحررها إلا رفض مثبت.
transfer-now-final = الوحدات في الوجهة: { $country }.
transfer-next-final = لم يبقَ شيء.
transfer-now-released = عادت الوحدات إلى هنا وهي حرة.
transfer-next-released = رفض مثبت من: { $country }. لم يبقَ شيء.
transfer-now-acquired = الوحدات هنا.
transfer-next-acquired = تُدوَّن النهاية في دفتر المصدر: { $country }.
transfer-now-refused = بقيت الوحدات في المصدر: { $country }.
transfer-next-refused = رفض هذا السجل إلى الأبد. وبهذا الإثبات يحرر المصدر الوحدات: { $country }.
lane-source = من: { $country }
lane-destination = إلى: { $country }
step-lock = أُقفلت في المصدر
step-witnessed = وقّع الشهود
step-cancel-asked = طُلب الإلغاء
step-answer = جواب الوجهة
step-acquire = اكتُسبت
step-refuse = رُفضت
step-finalise = نهائي في المصدر
step-release = حُررت في المصدر
step-settled = دُوّنت النهاية في المصدر

## المنظمات
organisations-title = المنظمات
organisations-text = مطوّرو المشاريع وجهات التصديق والجهات المختصة في هذا السجل.
organisation-kind-government = الجهة المختصة
organisation-kind-developer = مطوّر
organisation-kind-certifier = جهة تصديق
organisation-kind-other = أخرى
organisation-projects = المشاريع
organisation-no-projects = ليس لها مشروع مسجل.
organisation-all-projects = كل مشاريعها
organisation-retirements = ما سحبته

## التعاون
cooperation-title = التعاون بموجب المادة ٦
cooperation-text = مع من يتعاون هذا البلد، وبماذا أذن، وكم استُخدم منه.
approaches-title = النُّهج التعاونية
approaches-none = لم يُسجَّل نهج تعاوني حتى الآن.
approach-report = قُدّم التقرير الأولي
approach-no-report = لا تقرير أولي بعد
approach-parties = الأطراف
approach-definition = التحويل الأول لأغراض أخرى
approach-initial-report = التقرير الأولي
definition-authorisation = الإذن
definition-issuance = الإصدار
definition-use-or-cancellation = الاستخدام أو الإلغاء
definition-first-international-transfer = التحويل الدولي الأول
authorisations-title = الأذون
authorisations-text = يبيّن كل شريط كم من الكمية المأذون بها حُوّل أول مرة أو هو في الطريق.
authorisations-none = لم يُسجَّل إذن حتى الآن.
authorisation-date = التاريخ
authorisation-issue-until = الإصدار حتى
authorisation-use-until = الاستخدام حتى
authorisation-acquirers = لهم الاكتساب والاستخدام
authorisation-any-party = أي طرف في النهج
authorisation-framework = القواعد والمنهجيات
authorisation-changes = التغييرات
authorisation-terms = الشروط والأحكام
entities-title = الكيانات المأذون لها
entities-none = لم يؤذن لكيان حتى الآن.
gauge = { $used } من { $all }
gauge-unlimited = { $used }، بلا حد
records-title = القيود
records-caption = قيود الدفتر بهذا الشأن، الأقدم أولًا
uses-ndc = لمساهمة محددة وطنيًا
uses-oimp = أغراض تخفيف دولية أخرى
uses-imp = أغراض تخفيف دولية
uses-op = أغراض أخرى
uses-ndc-and-oimp = المساهمة وأغراض تخفيف دولية أخرى
uses-ndc-and-imp = المساهمة وأغراض تخفيف دولية
uses-ndc-and-op = المساهمة وأغراض أخرى

## حساب المادة ٦
accounting-title = حساب المادة ٦
accounting-text = مساهمات البلد، وأين وحداته، وكل ما جرى بها بموجب المادة ٦.
ndc-none = لم تُسجَّل مساهمة محددة وطنيًا حتى الآن.
ndc-title = المساهمة المحددة وطنيًا { $first }–{ $last }
ndc-method = طريقة التعديل
ndc-reference = المستوى المرجعي { $year }، طن مكافئ CO₂
ndc-target = الهدف { $year }، طن مكافئ CO₂
ndc-trajectory = المسار
ndc-levels = الانبعاثات المشمولة
method-trajectory = مسار إرشادي متعدد السنوات
method-averaging = المتوسط
method-multi-year = مسار متعدد السنوات
ndc-adjusted = مع التعديلات المقابلة
reports-title = التقارير السنوية (النموذج الإلكتروني المتفق عليه)
reports-text = ما ثبّته البلد نسخةً لسنة. لا تتغير النسخة أبدًا: قارن بصمة SHA-256 لملفها بصيغة JSON.
reports-none = لم يثبّت البلد أي تقرير سنوي بعد. ما جرى للوحدات مذكور أدناه قيدًا قيدًا.
report-title = التقرير السنوي { $year }، النسخة { $version }
report-text = التقرير بالنموذج الإلكتروني المتفق عليه كما ثبّته البلد. كل سطر فيه مستمد من الدفتر العام.
report-version = النسخة
report-frozen = تاريخ التثبيت
report-from = قيود الدفتر التي يستند إليها
report-size = الحجم
report-sha256 = بصمة SHA-256 لملف JSON
report-tables = ما يتضمنه
report-table = الجدول
regular-title = المعلومات الدورية
regular-text = الملخص المنظم لكل مساهمة محددة وطنيًا مع الكميات التي يتألف منها، محسوبًا من الدفتر كما هو الآن. وهو ليس تقريرًا مقدَّمًا.
regular-none = لا توجد من دون مساهمة محددة وطنيًا.
positions-title = أين الوحدات
positions-text = الوحدات حسب النهج وغرض الحساب وسنة التخفيف. لا يُذكر أي حائز.
positions-itmos = محوَّلة أول مرة
positions-authorised = مأذون بها
holds-party-holding = حسابات الطرف
holds-entity-holding = حسابات الكيانات
holds-buffer = الاحتياطي
holds-share-of-proceeds = حصة العائدات
holds-use-towards-ndc = مستخدمة للمساهمة
holds-international-mitigation = أغراض تخفيف دولية
holds-other-purposes = أغراض أخرى
holds-overall-mitigation = تخفيف شامل
holds-other-cancellation = ملغاة بوجه آخر
actions-title = الإجراءات
actions-text = ما جرى بالوحدات، بترتيب الدفتر.
action-authorised = إذن
action-first-transferred = تحويل أول
action-transferred = تحويل
action-acquired = اكتساب
action-used-towards-ndc = استخدام للمساهمة
action-ended = استخدام أو إلغاء
action-partners-first-transfer = تحويل أول لوحدات شريك

## الإحصاءات
statistics-title = الإحصاءات
statistics-text = السجل في رسوم بيانية. لكل رسم جدوله وملفه.
statistics-size = حُسبت على أول { $entries } من قيود الدفتر.
chart-empty = لا شيء يُعدّ بعد.
chart-table = الجدول وراء هذا الرسم
chart-csv = ملف CSV: { $chart }
chart-svg = صورة: { $chart }
chart-by-year = ما حدث، حسب السنة
chart-by-year-text = الأطنان التي أُصدرت وحُوّلت واكتُسبت وسُحبت في كل سنة تقويمية.
chart-by-vintage = سنوات التخفيف وأماكن وحداتها
chart-by-vintage-text = الأطنان حسب سنة التخفيف. الوحدة في مكان واحد فقط.
chart-by-scope = القطاعات وأماكن وحداتها
chart-by-scope-text = الأطنان التي أصدرها هذا البلد، حسب النطاق القطاعي.
chart-projects = المشاريع المسجلة حسب القطاع
chart-projects-text = كم مشروعًا في كل نطاق قطاعي.
chart-by-partner = البلدان الشريكة
chart-by-partner-text = الأطنان التي ذهبت إلى شريك، والتي جاءت منه، والتي في الطريق.
chart-end-states = من الإذن إلى ما آلت إليه الوحدات
chart-end-states-text = الأطنان التي أصدرها هذا البلد، بحسب ما إذا كان مأذونًا بها بموجب المادة 6، وما آلت إليه. عرض كل شريط بقدر أطنانه.
chart-end-countries = من الترخيص إلى بلد الوجهة
chart-end-countries-text = الأطنان نفسها، وما كان منها في الخارج بحسب البلد الذي يحوزه الآن.
ends-at-home = في هذا البلد
ends-other-countries = بلدان أخرى
chart-by-region = المشاريع بحسب المنطقة
chart-by-region-text = المشاريع المنشورة بحسب المناطق التي تذكرها. المشروع الواقع في عدة مناطق يُحسب في كل منها.
chart-agreements = الاتفاقات وما استُخدم من كل منها
chart-agreements-text = الأطنان التي انتقلت بموجب كل اتفاق في كل اتجاه: إجمالًا وفي السنة. يمتلئ الشريط عند بلوغ الحد.
chart-between = بين البلدان
chart-between-text = الأطنان التي ذهبت من بلد (السطر) إلى آخر (العمود)، بحسب هذا الدفتر ودفاتر الشركاء المحفوظة هنا.
chart-stages = مدد المعالجة
chart-stages-text = الأيام من دخول الملف مرحلةً إلى خروجه منها: الشريط الداكن هو الوسيط، والفاتح ما لم تتجاوزه تسع حالات من عشر.
chart-from = من
stage-time-median = الوسيط، أيام
stage-time-p90 = تسع من عشر، أيام
stage-time-times = الملفات
ends-authorised = مأذون بها
ends-not-authorised = غير مأذون بها
column-region = المنطقة
column-agreement = الاتفاق
agreement-used = المستخدم
agreement-limit = الحد
agreement-in-all = إجمالًا
at-available = في الحسابات
at-on-hold = محجوزة
at-escrow = مقفلة
at-abroad = في الخارج
at-used = مستخدمة
at-cancelled = ملغاة
partner-out = إلى الشريك
partner-in = من الشريك
partner-open = في الطريق

## البيانات المفتوحة
data-title = البيانات المفتوحة
data-text = كل ما هو علني، في ملفات، بلا حساب وبلا رسوم.
data-files = الملفات
data-file = الملف
data-about = ما يحويه
data-about-projects = المشاريع المسجلة
data-about-organisations = المنظمات
data-about-retirements = نطاقات الوحدات المستخدمة والملغاة
data-about-transfers = التحويلات بين البلدان
data-about-actions = ما جرى بالوحدات بموجب المادة ٦
data-about-use-notices = إشعارات الاستخدام في الخارج
data-about-letters = الرسائل الصادرة
data-about-history = كل ما جرى لنطاقات الوحدات
data-about-units = نطاقات الوحدات على حالها
data-about-statistics = مجاميع بحسب السنة وسنة التخفيف والقطاع والشريك
data-about-places = مواقع المشاريع المنشورة
data-about-datapackage = وصف كل عمود (Data Package)
data-about-sha256sums = بصمات جميع الملفات
data-nightly = ملفات الليلة
data-nightly-text = كل شيء مستمد من أول { $entry } من قيود الدفتر؛ أُعدّت في { $time }. يحوي Parquet وJSON Lines كل نص كما هو.
data-root = جذر الدفتر عند هذا الحد
data-rows = الصفوف
data-check = للتحقق مما جرى تنزيله:
data-programs = للبرامج
data-programs-text = تعطي الواجهة البرمجية الشيء نفسه وأكثر، بأسماء ثابتة، وتقول ما تغيّر.
data-events = كل حدث، بالترتيب وبلا فجوات
data-tiles = الدفتر نفسه (C2SP tlog-tiles)، ويستطيع أي خادم ويب نسخه
data-terms = الشروط
data-terms-text = يجوز استخدام بيانات هذا السجل ونسخها ونشرها. اذكر السجل وقيد الدفتر الذي جاء منه الرقم.

## التحقق
verify-title = التحقق من إثبات
verify-text = الصق حزمة إثبات. يفحص السجل كل بصمة وكل توقيع فيها، ويقول بكلمات بسيطة ما تثبته.
verify-paste = حزمة الإثبات
verify-hint = نص يبدأ بـ c2sp.org/tlog-proof@v1. تقدمه كل صفحة لقيد أو سحب أو تحويل.
verify-button = تحقّق
verify-says = تثبت
verify-stands = مكانها
verify-entry-of = القيد { $entry } من { $origin }
verify-under = تحت
verify-under-text = الرأس الموقَّع لـ{ $size } قيد
verify-witnesses = شهد عليها
verify-later = ما حدث منذ ذلك
verify-offline = دون الثقة بهذه الصفحة
verify-offline-text = يجري التحقق نفسه على حاسوبك بلا شبكة. تحتاج إلى البرنامج وإلى ملف يقول بمن تثق.
verdict-valid = صحيحة
verdict-valid-text = يحوي الدفتر هذا القيد. ولم يحدث لوحداته شيء منذ ذلك، على قدر ما يعلم هذا السجل.
verdict-moved = صحيحة، لكن نُقلت لاحقًا
verdict-moved-text = يحوي الدفتر هذا القيد، لكن وحداته نُقلت أو استُخدمت أو أُقفلت لاحقًا. انظر أدناه.
verdict-elsewhere = صحيحة؛ الحداثة غير معلومة
verdict-elsewhere-text = يحوي دفتر شريك هذا القيد. أما ما حدث لوحداته منذ ذلك فلا يعلمه إلا سجل ذلك البلد.
verdict-quorum = شهود أقل مما يلزم
verdict-quorum-text = توقيع الدفتر صحيح، لكن الشهود الموقّعين أقل مما يطلبه هذا السجل. اطلب الإثبات من جديد بعد لحظة.
verdict-altered = محرَّفة
verdict-altered-text = شيء في هذه الحزمة غُيّر، أو يخص شيئًا آخر. لا تثبت شيئًا.
verdict-unknown = مُصدِر مجهول
verdict-unknown-text = تأتي هذه الحزمة من دفتر لا يعرفه هذا السجل. قد تكون صحيحة، لكن لا يمكن التحقق منها هنا.
verdict-unreadable = هذه ليست حزمة إثبات
verdict-unreadable-text = الصق نص الملف كاملًا، من أول سطر إلى آخر سطر.
verdict-record = القيد موجود في الدفتر، ولا يستطيع هذا الإصدار قراءته
verdict-record-text = الإثبات سليم. لكن مضمون القيد بصيغة أحدث مما يقرؤه هذا الإصدار، أو يخالف قواعد صيغته.
verdict-fork = دفتران بمفتاح واحد
verdict-fork-text = هذه الحزمة موقَّعة من هذا السجل وشهوده، لكن دفتر السجل نفسه يقول شيئًا آخر في هذا المكان. احفظها وأبلغ الجهة المختصة والشركاء: إنها دليل.

## الاتحاد على خريطة
world-title = الاتحاد
world-text = البلدان التي يعمل معها هذا السجل: حال عُقدها كما تُرى من هنا، وما انتقل بينها.
world-about = { $count ->
    [one] خريطة لبلد واحد؛ والقوائم أدناه تقول ذلك بالكلمات
    [two] خريطة لبلدين؛ والقوائم أدناه تقول ذلك بالكلمات
    [few] خريطة لـ{ $shown } بلدان؛ والقوائم أدناه تقول ذلك بالكلمات
   *[other] خريطة لـ{ $shown } بلدًا؛ والقوائم أدناه تقول ذلك بالكلمات
}
map-own = بلد هذا السجل
map-silent = يتعذر الوصول إليه، أو مجمّد، أو لم يعد شريكًا
map-bad = متهم، أو يخالف قاعدة
map-other = شريك لشريك
routes-title = ما انتقل بين البلدان، بالكلمات
routes-none = لم ينتقل شيء من بلد إلى آخر بعد.
routes-from = من
routes-to = إلى
renewed = الحال في { $time }.
renew = تحديث هذه الصفحة

## الشفافية
transparency-title = الشفافية
transparency-text = من يراقب هذا السجل وماذا يرى. والسجل الذي يعرض روايتين يكشفه شهوده.
alarm-none = لا إنذار
alarm-none-text = الدفتر مشهود عليه، ولم يشتكِ أي شاهد.
alarm-not-ready = السجل غير جاهز
alarm-witness = لم يوقّع الشاهد { $name }
alarm-accused = سجل { $name } متهم
alarm-disputed = هذا السجل وسجل { $name } مختلفان بشأن وحدات
head-title = رأس الدفتر
head-entries = القيود
head-last = آخر قيد
head-root = الجذر
head-witnessed = مشهود عليه
head-all = كل القيود
head-behind = { $count ->
    [one] بقي قيد واحد
    [two] بقي قيدان
    [few] بقيت { $shown } قيود
   *[other] بقي { $shown } قيدًا
}
head-nothing = لا شيء بعد
head-log = الدفتر
head-key = مفتاح الدفتر
witnesses-title = الشهود
witnesses-text = يقارنون كل رأس بما رأوه من قبل، ولا يوقّعون إلا ما يكمله.
witnesses-none = لا شاهد مُعدّ: لا يمكن أن يخرج شيء من هذا السجل.
witness-current = محدَّث
witness-behind = متأخر
witness-fault = رفض
partners-title = الشركاء
partners-text = عُقد البلدان الشريكة كما تصل إليها هذه العقدة. تفحص كل منها هذا الدفتر بنفسها قبل أن تصدّق تحويلًا.
partners-none = لا أحد مدرج.
partner-connected = متصلة
partner-unreachable = غير متصلة
open-title = التحويلات المفتوحة
open-outgoing = { $count ->
    [zero] لا تحويل ينتظر وجهته.
    [one] تحويل واحد ينتظر وجهته.
    [two] تحويلان ينتظران وجهتهما.
    [few] { $shown } تحويلات تنتظر وجهتها.
   *[other] { $shown } تحويلًا ينتظر وجهته.
}
open-incoming = { $count ->
    [zero] لا جواب ينتظر مصدره.
    [one] جواب واحد ينتظر مصدره.
    [two] جوابان ينتظران مصدرهما.
    [few] { $shown } أجوبة تنتظر مصدرها.
   *[other] { $shown } جوابًا ينتظر مصدره.
}
watch-title = راقبه بنفسك
watch-text = يُنشر الدفتر بصيغ C2SP، فتستطيع أدوات الآخرين أن تتابعه.

## قيود الدفتر
entries-title = قيود الدفتر
entries-text = كل ما حدث في هذا السجل، بالترتيب. القيد لا يتغير أبدًا ولا يزول أبدًا.
entries-caption = القيود، الأحدث أولًا
entries-older = قيود أقدم
entry-title = القيد { $entry }
entry-request = الطلب
entry-holds = هذا القيد مثبت
entry-holds-text = تقود كل بصمة أدناه إلى الرأس الموقَّع لـ{ $size } قيد من { $origin }.
entry-broken = هذا الإثبات لا يصمد
entry-waits = لم يُشهد عليه بعد
entry-waits-text = القيد في الدفتر، لكن لم يوقّع نصاب من الشهود رأسًا يشمله. أعد تحميل هذه الصفحة بعد لحظة.
entry-credential = نزّل الاعتماد القابل للتحقق (W3C)
entry-download = نزّل حزمة الإثبات
entry-check = تحقّق من حزمة
entry-leaf = ما يقوله القيد
entry-leaf-text = السجل، { $bytes } بايت في ترميزه الوحيد الممكن.
entry-leaf-show = اعرض السجل
entry-hash = بصمته
entry-hash-text = ‏SHA-256 لبايت صفري ولبايتات السجل (RFC 6962).
entry-ladder = سُلّم البصمات
entry-ladder-text = { $count ->
    [zero] لا حاجة إلى بصمة مجاورة.
    [one] بصمة مجاورة واحدة تقود من القيد إلى الجذر.
    [two] بصمتان مجاورتان تقودان من القيد إلى الجذر.
    [few] { $shown } بصمات مجاورة تقود من القيد إلى الجذر.
   *[other] { $shown } بصمة مجاورة تقود من القيد إلى الجذر.
}
entry-ladder-show = اعرض كل خطوة
entry-left = مع، على اليسار،
entry-right = مع، على اليمين،
entry-root = الجذر
entry-root-equal = ينتهي السُلّم عند الجذر الموقَّع.
entry-root-other = لا ينتهي السُلّم عند الجذر الموقَّع.
entry-checkpoint = نقطة التحقق
entry-checkpoint-text = الجذر وعدد القيود كما وقّعهما الدفتر.
entry-checkpoint-show = اعرض نقطة التحقق
entry-signatures = التواقيع
entry-signer = الموقّع
entry-role = الدور
entry-key = المفتاح
entry-role-log = الدفتر
entry-role-witness = شاهد
entry-role-unknown = غير معروف هنا
entry-yourself = تحقّق بنفسك
entry-yourself-text = احفظ حزمة الإثبات وتحقق منها على حاسوبك بلا شبكة.

record-genesis = بداية الدفتر
record-organisation = منظمة
record-account = فتح حساب
record-project = تسجيل مشروع
record-issuance = إصدار وحدات
record-split = انقسام نطاق
record-hold = حجز
record-transfer = نقل بين الحسابات
record-lock = قفل لتحويل إلى الخارج
record-ask-cancel = طلب إلغاء
record-acquire = اكتساب من الخارج
record-refuse = رفض تحويل
record-finalise = تحويل نهائي
record-release = تحرير وحدات
record-source-settled = تدوين نهاية تحويل
record-retire = سحب وحدات
record-block-header = نهاية كتلة
record-key-rotation = مفتاح جديد للدفتر
record-partner = بلد شريك
record-agreement = اتفاق
record-process-part = جزء من ملف إجراء
record-process-adopted = اعتماد إجراء
record-case-opened = فتح ملف
record-case-act = خطوة في ملف
record-case-migrated = نقل ملف إلى إجراء أحدث
record-hold-placed = حجز من الجهة المختصة
record-hold-lifted = رفع الحجز من الجهة المختصة
record-finding-opened = فتح ملاحظة
record-finding-answered = جواب عن ملاحظة
record-finding-closed = إغلاق ملاحظة
record-letter-issued = إصدار رسالة
record-trusted-receiver = مستلم موثوق
record-ledger-accused = دليل ضد سجل شريك
record-ledger-cleared = إعادة اعتبار سجل شريك
record-positions-compared = مقارنة السجل بسجل شريك
record-freeze-honoured = تطبيق أمر تجميد من شريك
record-freeze-ended = انتهاء أمر تجميد من شريك
record-cooperative-approach = نهج تعاوني
record-initial-report = تقرير أولي
record-ndc = مساهمة محددة وطنيًا
record-emissions-level = مستوى انبعاثات
record-authorised-entity = كيان مأذون له
record-authorisation = إذن
record-authorisation-revoked = إلغاء إذن
record-units-authorised = إذن لوحدات
record-use-notified = إشعار باستخدام في الخارج

## النطاقات القطاعية لآلية التنمية النظيفة
scope-1 = صناعات الطاقة
scope-2 = توزيع الطاقة
scope-3 = الطلب على الطاقة
scope-4 = الصناعات التحويلية
scope-5 = الصناعات الكيميائية
scope-6 = البناء
scope-7 = النقل
scope-8 = التعدين والإنتاج المعدني
scope-9 = إنتاج الفلزات
scope-10 = الانبعاثات المتسربة من الوقود
scope-11 = الانبعاثات المتسربة من الهالوكربونات وSF₆
scope-12 = استخدام المذيبات
scope-13 = معالجة النفايات والتخلص منها
scope-14 = التحريج وإعادة التحريج
scope-15 = الزراعة
scope-16 = احتجاز الكربون وتخزينه

## الإرشاد
guidance-title = الإرشاد
guidance-text = أجوبة قصيرة لمن يقرأ هذا السجل أول مرة.
guide-register = كيف تسجّل مشروعًا
guide-register-1 = تُسجَّل منظمتك أولًا. تفحصها الجهة المختصة وتقبلها؛ ثم يدخل أفرادها.
guide-register-2 = تقدّم المشروع مع وثيقة تصميمه. تصادق عليه جهة تصديق، ثم تقرر الجهة المختصة.
guide-register-3 = بعد كل فترة رصد تقدّم تقريرًا. تتحقق منه جهة تصديق، وتصدر الجهة المختصة الوحدات في حسابك.
guide-register-4 = كل خطوة ودور من هي مذكوران في صفحة المشروع. وخطوات هذا البلد بيانات: تعطي الواجهة البرمجية ملف الإجراء كاملًا.
guide-serial = كيف تقرأ رقمًا تسلسليًا
guide-serial-1 = رقم مثل VU-ITMO-11-356-2022-0-27-35 يسمّي نطاقًا من الوحدات، كل منها طن واحد من مكافئ CO₂.
guide-serial-2 = أجزاؤه البلد، ونوع الوحدة، والنطاق القطاعي، ورقم المشروع، وسنة التخفيف، وعدد محجوز، وأول وحدة وآخر وحدة.
guide-serial-3 = رقم الوحدة لا يتغير أبدًا. وحين ينقسم نطاق يحتفظ الجزءان بأرقامهما، فيمكن تتبّع كل وحدة منذ إصدارها.
guide-serial-4 = بعد تحويلها الأول إلى بلد آخر يكون للوحدة معرّف ITMO أيضًا، يسمّي النهج التعاوني والبلد الذي حوّلها أول مرة.
guide-proof = ماذا يثبت الإثبات
guide-proof-1 = كل ما يحدث هنا يصير قيدًا في دفتر لا يستطيع إلا أن ينمو. وكل رأس للدفتر موقَّع.
guide-proof-2 = يقارن شهود مستقلون كل رأس بالذي قبله ويوقّعون معه. ولو عرض السجل يومًا دفترين مختلفين لما وقّع شهود أمناء على كليهما.
guide-proof-3 = تحوي حزمة الإثبات قيدًا واحدًا، والبصمات التي تقود منه إلى رأس موقَّع، والتواقيع. من عنده الحزمة لا يحتاج إلى شبكة ولا إلى الثقة بهذا الموقع.
guide-proof-4 = يقول الإثبات ما كان صحيحًا عند رأسه. أما هل تحركت الوحدات لاحقًا فلا تقوله إلا نظرة أحدث في السجل.
guide-transfer = كيف تعبر الوحدات الحدود
guide-transfer-1 = يقفل المصدر الوحدات ويثبت القفل. تفحص الوجهة هذا الإثبات بنفسها وتجيب بإثباتها: اكتُسبت، أو رُفضت.
guide-transfer-2 = لا ينهي القفل إلا هذا الجواب: الاكتساب يجعل التحويل نهائيًا، والرفض يحرر الوحدات. والصمت لا يفعل هذا ولا ذاك، فلا تكون وحدة في بلدين أبدًا.
guide-transfer-3 = تبيّن صفحة التحويل الجانبين، وكل خطوة مع قيدها، ومن عليه أن يتصرف بعد ذلك.
guide-words = المصطلحات
guide-words-1 = ‏ITMO: ناتج تخفيف منقول دوليًا، وحدة تُحسب بموجب المادة ٦-٢ من اتفاق باريس.
guide-words-2 = المساهمة المحددة وطنيًا (NDC): ما وعد بلد بفعله من أجل المناخ.
guide-words-3 = التعديل المقابل: ما يضيفه بلد إلى رصيد انبعاثاته لأن بلدًا آخر يحسب التخفيف.
guide-words-4 = النهج التعاوني: ما اتفق عليه بلدان أو أكثر بشأن ITMO. ‏AEF: الصيغة الإلكترونية المتفق عليها لتقريرها السنوي.
guide-words-5 = سنة التخفيف: السنة التي حدث فيها التخفيف.
guide-words-6 = السحب: استخدام وحدة أو إلغاؤها. تنتهي هناك إلى الأبد.
guide-access = إمكانية الوصول
guide-access-1 = تسعى هذه الصفحات إلى WCAG 2.2 المستوى AA. تعمل بلوحة المفاتيح وبقارئ الشاشة، وبتكبير ٤٠٠٪، وبلا برامج نصية، وعلى الهواتف القديمة والشبكات البطيئة.
guide-access-2 = لكل رسم وكل خريطة جدول يقول الشيء نفسه.
guide-access-3 = إن اعترضك شيء فأخبر الجهة المختصة التي تمسك هذا السجل.
guide-privacy = الخصوصية
guide-privacy-1 = لا تحفظ هذه الصفحات ملفات تعريف، ولا تعدّ زائرًا، ولا تحمّل شيئًا من خوادم أخرى.
guide-privacy-2 = لا يحوي الدفتر أسماء أشخاص. يحوي بصمات مع أعداد سرية؛ وحين يُمحى شخص تزول الأعداد، فلا يستطيع أحد ربط البصمة به.
guide-privacy-3 = لا يُذكر المستفيد من سحب هنا إلا إن وافق على ذلك.

## Systems around the registry
badges-title = أنظمة أخرى:
bridge-name-cad-trust = CAD Trust
bridge-name-mrv = النظام الوطني للقياس والإبلاغ والتحقق
bridge-name-itmo-platform = منصة ITMO لبرنامج الأمم المتحدة الإنمائي
badge-agrees = متطابق
badge-absent = غير موجود
badge-due = قيد التنفيذ
badge-stopped = ينقص شيء هنا
badge-differs = مختلف
badge-dead = مرفوض هناك

# ---- notices, letters, partners' ledgers
notices-title = إشعارات الاستخدام في الخارج
notices-text = ما أبلغت به سجلات أخرى هذا البلد عن وحدات غادرت قبل نقلها الأول، كما قُيّد.
notice-title = إشعار من { $party }
notice-day = يوم الاستخدام
notice-party = المكان
notice-reference = أين يوجد الإشعار
notice-recorded = قُيّد
notice-text = ما جرى هناك هو النقل الأول لهذه الوحدات.
recorded-letters-title = الرسائل
recorded-letters-text = كل رسالة أصدرها هذا السجل مقيّدة في دفتره ببصمة SHA-256 لملفها. أما مضمون الرسالة فلأصحابها.
letter-language = اللغة
letter-case = الملف
letter-text = من لديه الملف يستطيع مقارنة بصمته SHA-256 بهذه البصمة.
mirrored-title = دفتر { $country }
mirrored-text = هذه قيود دفتر البلد الآخر كما يحفظها هذا السجل ويتحقق منها.
mirrored-origin = الدفتر
mirrored-refused = القيد { $entry } يخالف قاعدة. لا يُعتد هنا به ولا بما بعده.
mirrored-unreadable = قيد لا يستطيع هذا الإصدار قراءته
