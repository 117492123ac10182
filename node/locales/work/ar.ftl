# The words of sign-in and workspaces in Arabic. Every language has the same keys: a test holds it.

## Signing in
sign-in-title = تسجيل الدخول
sign-in-button = دخول
sign-in-done = تم حفظ كلمة المرور. سجّل الدخول بها الآن.
sign-in-forgotten = نسيت كلمة المرور
sign-in-invited = لديّ دعوة
sign-in-register = كيف تُسجَّل منظمة
register-title = تسجيل مؤسسة
register-text = تنتظر مؤسستكم في السجل حتى تقبلها السلطة. تصلكم رسالة بريد فيها رمز، فتختارون كلمة مرور وتقدمون وثائقها.
register-organisation = المؤسسة
register-name = الاسم المعلن
register-name-hint = يراه الجميع في السجل. ويجب ألا يكون اسم شخص.
register-kind = نوعها
register-person = الشخص الذي يمثلها
register-person-hint = لا يرى أحد خارج السجل اسمكم ولا عنوانكم ولا هاتفكم.
register-phone = الهاتف
register-button = تسجيل
register-sent = راجعوا بريدكم
register-sent-text = الرمز في طريقه إليكم. به تختارون كلمة المرور وتقدمون وثائق مؤسستكم.
register-none = لا تسجل المؤسسات نفسها هنا: توجهوا إلى السلطة.
sign-out = تسجيل الخروج
code-title = الخطوة الثانية
code-label = الرمز
code-hint = ستة أرقام من تطبيق المصادقة، أو أحد رموز الاسترداد.
code-again = البدء من جديد بكلمة المرور
join-title = قبول دعوة
join-text = أدخل الرمز الوارد في رسالة الدعوة واختر كلمة مرور.
reset-title = اختيار كلمة مرور جديدة
reset-text = أدخل الرمز الوارد في الرسالة. ستنتهي كل الجلسات المفتوحة.
forgotten-title = كلمة المرور المنسية
forgotten-text = أدخل بريدك الإلكتروني. إن كان له حساب فسيصلك رمز بالبريد.
forgotten-button = أرسل لي رمزًا
forgotten-sent = راجع بريدك
forgotten-sent-text = إن كان للعنوان حساب فالرمز في الطريق، وهو صالح لمدة 30 دقيقة.
password-button = حفظ كلمة المرور
field-email = البريد الإلكتروني
field-password = كلمة المرور
field-old-password = كلمة المرور الحالية
field-new-password = كلمة المرور الجديدة
field-new-password-hint = 12 حرفًا على الأقل. من السهل تذكّر عدة كلمات متتالية.
field-code = الرمز الوارد في الرسالة
field-code-hint = يبدأ بـ csl_. انسخه كاملًا.
field-name = الاسم
field-role = الدور
field-label = الغرض منه
field-comment = تعليق
save = حفظ
yes = نعم
no = لا
optional = اختياري
choose = اختر
title-fault = خطأ:

## What stands against something
faults-title = هناك ما يجب تصحيحه
fault-rules = قواعد السجل لا تسمح بذلك.
fault-forbidden = دورك لا يسمح بذلك.
fault-same-person = يلزم شخص ثانٍ.
fault-busy = السجل مشغول. لم يضع شيء: أعد الإرسال بعد لحظة.
fault-sent-before = أُرسل هذا من قبل بمحتوى آخر. أعد تحميل الصفحة.
fault-input = لا يمكن استخدام هذا كما هو.
fault-taken = هذا مستخدم بالفعل.
fault-document = لم تُقبل الوثيقة.
fault-document-choice = اختر الوثائق من القائمة.
fault-letter = تعذّر إعداد الرسالة.
fault-federation = عقدة الشريك لا تسمح بذلك.
fault-half-done = فُتح الملف لكن الخطوة لم تُنفَّذ.
fault-refused = رُفض الدخول. تحقق من البريد وكلمة المرور والرمز.
fault-wait = { $count ->
    [one] محاولات كثيرة. حاول بعد ثانية واحدة.
    [two] محاولات كثيرة. حاول بعد ثانيتين.
    [few] محاولات كثيرة. حاول بعد { $shown } ثوانٍ.
   *[other] محاولات كثيرة. حاول بعد { $shown } ثانية.
}
fault-code = استُخدم هذا الرمز من قبل أو انتهت صلاحيته أو هو غير كامل. اطلب رمزًا جديدًا.
fault-weak = سجّل الدخول بالعامل الثاني لتغيير هذا.
fault-changed = حفظه شخص من منظمتك في هذه الأثناء. ما كتبته ما زال هنا: افتح المحفوظ في علامة تبويب أخرى، واجمع بينهما، ثم احفظ من جديد.
fault-decided = سبق أن قرر شخص آخر.
fault-foreign = هذا النموذج من جلسة سابقة. ما كتبته ما زال هنا: راجعه وأرسله من جديد.
fault-title = اكتب اسمًا في سطر واحد.
fault-answer = أجب بنعم أو لا.
fault-comment = اذكر السبب في تعليق.
fault-ranges = اذكر نطاقات وحدات مثل GH-27-35، واحدًا في كل سطر، أو عددًا من الأطنان.
fault-number = أدخل رقماً كما تعرضه صفحته.
fault-country = أدخل حرفي رمز البلد، مثل CH.
fault-receiver = لا توجد هنا منظمة بهذا الرقم ولا شريك كهذا.
fault-hold-ranges = اذكر نطاقات الوحدات، مثل GH-27-35، كلاً في سطر.
fault-unreadable = تتعذّر قراءة هذا
fault-password-short = كلمة المرور { $least } حرفًا على الأقل.
fault-password-long = كلمة المرور { $most } حرفًا على الأكثر.
fault-password-email = يجب ألا تحتوي كلمة المرور على بريدك.
fault-password-common = كلمة المرور هذه من الأكثر شيوعًا. اختر غيرها.

## Forms of the process
form-missing = هذا ناقص
form-choose = اختر من القائمة
form-count = اذكر من { $least } إلى { $most } عناصر
form-grow = إضافة: { $list }
form-item = { $list }، رقم { $number }
form-one-in-a-line = واحد في كل سطر.
hint-characters = من { $least } إلى { $most } حرفًا
hint-day = يوم، مثل 2026-05-03.
hint-moment = لحظة، مثل 2026-05-03T12:00:00Z.
hint-decimal = عدد مثل -12.50، بنقطة.
hint-email = عنوان مثل name@example.org.
hint-uri = عنوان يبدأ بـ https://.
hint-whole = عدد صحيح.
hint-whole-from = عدد صحيح لا يقل عن { $least }.
hint-whole-to = عدد صحيح لا يزيد على { $most }.
hint-whole-between = عدد صحيح من { $least } إلى { $most }.
hint-land = نقطة بإحداثياتها، أو نقطة أو حدود بصيغة GeoJSON.
land-latitude = خط العرض
land-longitude = خط الطول
land-file = ملف GeoJSON
land-paste = لصق GeoJSON
saved-at = حُفظ في { $moment }
part-of = الجزء { $part } من { $all }
part-next = حفظ ومتابعة
part-back = حفظ والعودة إلى القائمة
part-later = حفظ والمتابعة لاحقًا
part-state-done = تم
part-state-todo = مطلوب
part-state-wrong = بحاجة إلى تصحيح
part-state-open = اختياري وفارغ

## Steps of cases
step-parts = أجزاء النموذج
step-hindered = لا يمكنك تنفيذ هذه الخطوة الآن
step-votes = تم توقيع { $done } من { $needed }.
answer-label = إجابتك
step-comment-no = إن كانت الإجابة لا، فاذكر السبب.
step-comment-hint = يقرؤه من له الاطلاع على الملف، ويبقى في هذا السجل.
step-preview = التحقق من الأثر
step-preview-again = تحقق من جديد
step-take = تأكيد: { $step }
preview-title = ما الذي سيُدوَّن
preview-text = لم يُدوَّن شيء بعد. ستُكتب هذه القيود بعد تأكيدك:
preview-letters = الرسائل التي ستصدر، للاطلاع عليها قبل ذلك:
duplicates-title = توجد مشاريع تشبه هذا المشروع
duplicates-text = هذا تنبيه لا يقرر شيئًا. تحقق مما إذا كانت المشروع نفسه.
duplicates-name = تشابه الأسماء { $percent } ٪
duplicates-id = المعرّف نفسه { $id } في { $registry }
duplicates-land = الأرض نفسها
duplicates-hidden = مشروع آخر لا يمكنك الاطلاع عليه. تواصل مع:
reserve-title = الوحدات
reserve-tonnes-hint = عندئذٍ يختار السجل النطاقات. اتركه فارغًا لأخذ النطاقات المذكورة.
reserve-public = يجوز للجميع معرفة اسم المستفيد
unit-field-r-account = من أي حساب
unit-field-r-tonnes = كم طنًا
unit-field-r-ranges = النطاقات
unit-field-r-units = نطاقات الوحدات
unit-field-r-to = إلى أي حساب
unit-field-r-country = البلد بحرفين
unit-field-r-agreement = الاتفاق
unit-field-r-there = الحساب هناك
unit-field-r-kind = ما مصيرها
unit-field-r-purpose = لأي غرض
unit-field-r-beneficiary = لصالح من
unit-field-r-reason = السبب، علني
unit-field-r-jurisdiction = الولاية القضائية بحرفين
unit-field-r-ndc-year = سنة المساهمة الوطنية
retire-kind-retire = تُستخدم
retire-kind-cancel = تُلغى دون استخدام
issue-title = إلى أين تذهب الوحدات
issue-last = تُذكر الحسابات مع التوقيع الأخير؛ اتركها فارغة الآن.
issue-account = حساب { $owner }
issue-unit-type = نوع الوحدات
issue-overall = حساب التخفيف العالمي، بالرقم
issue-proceeds = حساب حصة العائدات، بالرقم
issue-buffer = حساب الاحتياطي، بالرقم
account-holding = { $account } (المتاح { $tonnes })

## Workspaces
work-title = عملي
work-waiting = في الانتظار:
work-navigation = مساحة العمل
inbox-title = الوارد
inbox-empty = لا شيء في انتظارك.
inbox-late = متأخر
inbox-reminded = تم التذكير
inbox-proposals = { $count ->
    [one] اقتراح واحد ينتظر شخصًا ثانيًا.
    [two] اقتراحان ينتظران شخصًا ثانيًا.
    [few] { $shown } اقتراحات تنتظر شخصًا ثانيًا.
   *[other] { $shown } اقتراحًا ينتظر شخصًا ثانيًا.
}
column-step = المطلوب
column-waiting = منذ
column-due = الموعد
column-flow = نوع الملف
column-action = إجراء
column-actions = الإجراءات
column-device = الجهاز
column-address = العنوان
column-begun = البدء
column-used-last = آخر استخدام
column-until = حتى
column-account = الحساب
filter-part = دورك فيها
filter-flow = نوع الملف
filter-state = الحالة
cases-title = الملفات
cases-part-own = ملفات منظمتي
cases-part-assigned = المسندة إلى منظمتي
cases-part-all = كل ما يمكنني الاطلاع عليه
cases-state-open = المفتوحة
cases-state-ended = المنتهية
cases-state-any = الكل
case-done = تم التدوين
case-done-text = الخطوة مدوّنة في الدفتر، وأُبلغ من ينتظرها.
case-kept = تم الحفظ. يمكنك المتابعة متى شئت.
case-paused = متوقف
case-receiver = المستلم
case-above = تابع لـ
case-below = الملفات التابعة
case-cooling = تنتظر الوحدات حتى
case-next = ما يمكنك فعله الآن
case-next-none = لا شيء الآن: ينتظر شخصًا آخر، أو انتهى.
case-open-below = بدء: { $flow }
case-forms = ما قُدّم
case-forms-none = لم يُقدَّم شيء بعد.
case-versions = { $count ->
    [one] نسخة واحدة
    [two] نسختان
    [few] { $shown } نسخ
   *[other] { $shown } نسخة
}
case-texts = ما قيل مع الخطوات
documents-title = الوثائق
document-none = لا يوجد بعد.
document-add = إضافة: { $kind }
document-upload = رفع
document-kind = أي وثيقة
document-file = الملف
document-draft = لم تُقدَّم بعد
letters-title = الرسائل
findings-title = الملاحظات
findings-none = لا توجد ملاحظات مفتوحة.
finding = ملاحظة
finding-open = مفتوحة
finding-answered = تمت الإجابة
finding-go-on = الإجابة أو الإغلاق
finding-answer = إجابة
finding-close = إغلاق
finding-new = فتح ملاحظة
finding-kind = ماذا تطلب
finding-car = إجراء تصحيحي (CAR)
finding-cl = توضيح (CL)
finding-far = إجراء لاحق (FAR)
finding-text = بالكلمات
finding-open-button = فتحها
comments-title = التعليقات
comments-text = لا يُقرَّر شيء بتعليق، ولا يعرف الدفتر عنها شيئًا.
comment-circle = من يقرؤه
comment-parties = كل من له الاطلاع على الملف
comment-officials = الموظفون فقط
comment-button = أرسل
apply-title = بدء جديد
apply-begun = بدأ ولم يُقدَّم
apply-new = ما يمكنك بدؤه
apply-none = دورك لا يبدأ شيئًا في إجراءات هذا البلد.
apply-first = أولًا: { $steps }.
apply-documents = جهّز: { $documents }.
open-text = هذا يفتح ملفًا. ما تملؤه بعد ذلك يُحفظ حتى تقدّمه.
open-title-label = العنوان العام
open-title-hint = إنه علني ومدوّن في الدفتر: بلا أسماء أشخاص.
open-track = المسار
open-parent = لأي ملف
open-scope = النطاق القطاعي
open-button = فتح الملف
own-title = منظمتي
own-public = صفحتها العامة
own-holdings = الوحدات
own-accounts = الحسابات
own-vintages = حسب سنة الإصدار
own-share = مقارنة
own-ranges = النطاقات
own-more = يوجد المزيد؛ واجهة البرمجة تسردها كلها.
own-retired = المستخدمة والملغاة
own-certificate = الشهادة
own-pending = قيد الإجراء
own-users = الأشخاص
own-done-account = فُتح الحساب.
own-done-invited = الدعوة في الطريق.
own-done-proposed = يجب أن يوافق شخص ثانٍ.
own-done-user = تم.
account-open = فتح حساب
user-invite = دعوة شخص
user-invite-again = إعادة الدعوة
user-suspend = تعليق
user-reactivate = إعادة تفعيل
user-state-invited = مدعو
user-state-active = نشط
user-state-suspended = معلّق
user-state-erased = محذوف
role-root = الجذر
role-administrator = مدير
role-manager = مشرف
role-viewer = مطّلع
proposals-title = التوقيعات الثانية
proposals-text = شخص يقترح وآخر يوافق. لا يوافق أحد على ما اقترحه.
proposal-role = دور آخر
proposal-invitation = شخص جديد في دور له القرار
proposal-trusted-receiver = مستلم موثوق
proposal-key-rotation = مفتاح جديد للدفتر
proposal-process = إجراءات أخرى
proposal-article6 = قيد بموجب المادة 6
proposal-by = اقترحه { $name }
proposal-operator = المشغّل
proposal-own = أنت من اقترحه: يوافق عليه غيرك.
proposal-approve = موافقة
proposal-reject = رفض
proposal-done-approved = تمت الموافقة والتنفيذ.
proposal-done-rejected = تم الرفض.
proposed-title = إجراءات تنتظر الموافقة
proposed-text = انظر في ما يختلف وفي ما سيُكتب. توافق على هذا الملف بعينه، وما دامت الإجراءات التي يُقارن بها سارية.
proposed-old = اعتُمدت إجراءات أخرى في هذه الأثناء. لا يمكن إلا رفض هذا الاقتراح؛ اقترحه من جديد مقارنًا بالإجراءات السارية.
proposed-preview = إذا وافقت كُتب ما يلي:
proposed-look = انظر في ما يختلف
federation-title = الاتحاد
federation-registry = السجل
federation-verified = قيود آخر رأس تم التحقق منه هنا
federation-mirrored = القيود المنسوخة هنا
federation-finding = أول قيد يخالف قاعدة
federation-problem = لماذا لم تنمُ النسخة
federation-accused = متهم، بموجب
federation-open = التحويلات المفتوحة
federation-lag = قيود لم تصل إلى هنا بعد
federation-differences = نطاقات يختلف عليها الدفتران
federation-invite = بصمة SHA-256 لدعوته الموقعة
federation-next = من عليه الدور
partner-state-consistent = متسق
partner-state-behind = متأخر
partner-state-unreachable = لا يمكن الوصول إليه
partner-state-finding = يخالف قاعدة
partner-state-frozen = مجمّد
partner-state-accused = متهم
partner-state-removed = مُزال

## Passkeys
passkeys-title = مفاتيح المرور
passkeys-text = يُحفظ مفتاح المرور في هاتفك أو حاسوبك أو مفتاح الأمان لديك، ويُفتح برمزه أو بالبصمة أو بالوجه. يُدخلك بلا كلمة مرور، ويقوم مقام العامل الثاني إلى جانبها.
passkeys-none = لا يقبل هذا السجل مفاتيح المرور بعد، إذ لم يحدد مشغّله العنوان الذي تنتمي إليه.
passkey-add = إضافة مفتاح مرور
passkey-name-hint = كاسم الهاتف أو الحاسوب الذي يُحفظ فيه.
passkey-rename = تغيير الاسم
passkey-remove = إزالة
passkey-or = أو بمفتاح مرور
passkey-sign-in = الدخول بمفتاح مرور
passkey-needs = تحتاج مفاتيح المرور إلى متصفح يشغّل البرامج النصية، على العنوان { $address }.
passkey-waiting = يطلب متصفحك الآن مفتاح المرور.
passkey-failed = لم يتم الأمر: أُوقف، أو طال أكثر مما ينبغي، أو لا يوجد هنا مفتاح مرور. حاول مرة أخرى.
passkey-known = في هذا الجهاز مفتاح مرور لحسابك من قبل.
fault-passkey = لم يُقبل مفتاح المرور، أو انقضت المهلة. ابدأ من جديد.
second-factor-passkey = أو أضف مفتاح مرور، فهو عامل ثانٍ أيضاً.
account-done-passkey = أُضيف مفتاح المرور، ويمكنك الدخول به.
account-done-passkey-named = صار لمفتاح المرور اسم آخر.
account-done-passkey-removed = لم يعد مفتاح المرور يفتح شيئاً.

## Users
users-title = المستخدمون
users-all = جميع المستخدمين، مع ما يمكن فعله
users-organisation = المنظمة، برقمها
user-signed-in = آخر دخول
user-invited = الدعوة
user-role = الدور
user-role-button = تغيير الدور
user-deed-invite = إعادة الدعوة
user-deed-text-invite = يُرسل رمز جديد بالبريد، ويبطل الرمز السابق.
user-deed-end-sessions = إنهاء جميع الجلسات
user-deed-text-end-sessions = يخرج فوراً كل من كانت له جلسة مفتوحة.
user-deed-suspend = تعليق
user-deed-text-suspend = تنتهي جميع الجلسات، ولا تفتح مفاتيح واجهة البرمجة شيئاً، ولا يدخل أحد حتى تعيد تفعيل الحساب.
user-deed-reactivate = إعادة التفعيل
user-deed-text-reactivate = يمكن استعمال الحساب من جديد، بكلمة المرور نفسها والعامل الثاني نفسه.
user-deed-reset-factors = سحب العامل الثاني
user-deed-text-reset-factors = لمن فقد الهاتف والمفاتيح ورموز الاسترداد. تأكد أولاً من أن صاحب الحساب هو من يطلب ذلك.
user-deed-erase = حذف البيانات الشخصية
user-deed-text-erase = يُحذف الاسم والعناوين والمسودات والتعليقات نهائياً، ويبقى صحيحاً ما يقوله الدفتر عن الاسم المستعار.
user-erase-sure = أعلم أن هذا لا رجعة فيه
user-done-role = تغيّر الدور.
user-done-proposed = يجب أن يوافق عليه شخص ثانٍ.
user-done-invite = الدعوة في طريقها.
user-done-end-sessions = انتهت جميع الجلسات.
user-done-suspend = الحساب معلّق.
user-done-reactivate = يمكن استعمال الحساب من جديد.
user-done-reset-factors = لم يعد عامل ثانٍ يحمي الحساب.
user-done-erase = حُذفت البيانات الشخصية.
user-log = ما جرى للحساب
user-when = متى
user-what = ماذا
user-by = من قام به
audit-invited = أُرسلت دعوة
audit-joined = قُبلت الدعوة
audit-signed-in = دخول
audit-sign-in-failed = دخول لم ينجح
audit-signed-out = انتهت جلسة
audit-signed-out-everywhere = انتهت جميع الجلسات
audit-password-changed = تغيّرت كلمة المرور
audit-reset-requested = طُلبت كلمة مرور جديدة
audit-password-reset = حُددت كلمة مرور جديدة
audit-role-changed = دور آخر
audit-profile-changed = تغيّر الاسم أو الهاتف أو اللغة
audit-suspended = تعليق
audit-reactivated = إعادة تفعيل
audit-factor-added = أُضيف عامل ثانٍ
audit-factors-removed = سُحب العامل الثاني
audit-recovery-code-used = استُعمل رمز استرداد
audit-recovery-codes-drawn = رموز استرداد جديدة
audit-api-key-created = أُنشئ مفتاح لواجهة البرمجة
audit-api-key-revoked = أُلغي مفتاح لواجهة البرمجة
audit-erased = حُذفت البيانات الشخصية

## Trusted receivers and holds
trusted-title = المستلمون الموثوقون
trusted-text = تذهب الوحدات إلى هؤلاء المستلمين فوراً. أما إلى غيرهم فقد يلزمها الانتظار، كي يبقى وقت لإيقاف ما لا ينبغي أن يقع.
trusted-receiver = المستلم
trusted-abroad = { $country }، الحساب { $account }
trusted-entered = أُدرج
trusted-from = السريان
trusted-now = سارٍ الآن
trusted-remove = إخراج
trusted-waiting = ينتظر شخصاً ثانياً
trusted-propose = اقتراح مستلم
trusted-propose-text = يوافق عليه شخص آخر من منظمتك أو موظف من الجهة المختصة.
trusted-here = في هذا السجل
trusted-there = في بلد شريك
trusted-look-up = البحث عن رقم المنظمة
trusted-propose-button = اقتراح
trusted-done-proposed = تم الاقتراح، ويجب أن يوافق عليه شخص ثانٍ.
trusted-done-removed = أُخرج من القائمة فوراً.
holds-title = الحجوزات
holds-text = ما هو محجوز لا يتحرك: لا إلى أحد ولا إلى خارج البلد. ويذكر كل حجز صاحب الأمر وأين يوجد الأمر، وكل ذلك علني.
hold-number = الحجز { $number }
hold-in-force = سارٍ
hold-lifted = مرفوع
hold-expired = منقضٍ
hold-on = يشمل
hold-on-account = الحساب { $account }
hold-on-hint = نطاقات وحدات مثل GH-27-35، كل منها في سطر؛ أو رقم مشروع أو حساب أو منظمة.
hold-kind = ما الذي يُحجز
hold-kind-ranges = نطاقات وحدات
hold-kind-project = مشروع
hold-kind-account = حساب
hold-kind-organisation = منظمة
hold-reason = السبب
hold-public = هو علني ومدوّن في الدفتر، فلا تذكر أسماء أشخاص.
hold-authority = بأمر من
hold-authority-number = المنظمة صاحبة الأمر، برقمها
hold-reference = أين يوجد الأمر
hold-reference-hint = كاسم المحكمة ورقم القضية.
hold-placed = وُضع
hold-expiry = حتى
hold-until = آخر يوم
hold-until-hint = يسري حتى نهاية ذلك اليوم بالتوقيت العالمي. وإن تُرك فارغاً سرى حتى يُرفع.
hold-until-lifted = حتى يُرفع
hold-new = وضع حجز
hold-place = وضع الحجز
hold-lift = رفع الحجز
hold-done-placed = وُضع الحجز.
hold-done-lifted = رُفع الحجز.
hold-done-ended = لم يعد أمر الشريك سارياً هنا.
freezes-title = أوامر الشركاء
freezes-text = طلب بلد شريك تجميد هذه الوحدات، ويلتزم هذا السجل بذلك حتى ينتهي الأمر أو ينقضي.
freeze-honoured = التُزم به بالقيد
freeze-ended = منتهٍ
freeze-end = إنهاء الأمر هنا

## Webhooks
webhooks-title = إشعارات الأنظمة (Webhooks)
webhooks-text = أنظمة تُبلَّغ بالأحداث بترتيب الدفتر، بعد أن يشارك الشهود في توقيعها.
webhook-number = الإشعار { $number }
webhook-url = العنوان
webhook-url-hint = عبر TLS وعلى عنوان علني، مثل https://receiver.example/countersign.
webhook-types = أنواع الأحداث
webhook-types-hint = إن لم تختر شيئاً فجميعها.
webhook-single = أنواع مفردة، مثل unit.issued
webhook-all = جميعها
webhook-next = القيد التالي
webhook-from = ابتداءً من أي قيد
webhook-from-hint = 0 لكل شيء من البداية. وإن تُرك فارغاً فما يأتي من الآن.
webhook-new = تبليغ نظام آخر
webhook-add = إدراجه
webhook-verify = كيف يتحقق المستلمون
webhook-verify-text = كل رسالة موقّعة بخوارزمية Ed25519 وفق Standard Webhooks. لا سرّ مشتركاً: يتحقق المستلمون من التوقيع بهذا المفتاح العلني.
webhook-state-works = يعمل
webhook-state-failing = ينتظر بعد خلل
webhook-state-disabled = متوقف
webhook-failing = متعثر منذ
webhook-tries = { $count ->
    [zero] لا محاولات
    [one] محاولة واحدة
    [two] محاولتان
    [few] { $shown } محاولات
    [many] { $shown } محاولة
   *[other] { $shown } محاولة
}
webhook-next-try = المحاولة التالية
webhook-ping = تجربته
webhook-ping-taken = قبل المستلم الرسالة.
webhook-ping-refused = لم يقبل المستلم الرسالة.
webhook-pause = إيقاف مؤقت
webhook-resume = المتابعة
webhook-replay = الإرسال من جديد
webhook-replay-from = ابتداءً من أي قيد
webhook-replay-hint = تخرج كل الأحداث ابتداءً من هذا القيد من جديد، بالمعرّفات نفسها.
webhook-remove = إزالة
webhook-remove-text = يُزال مع سجل ما أُرسل إليه، ولا يُرسل إليه شيء بعد ذلك.
webhook-deliveries = ما أُرسل
webhook-sent = أُرسل
webhook-type = الحدث
webhook-entry = القيد
webhook-answer = الرد
webhook-message = الرسالة
webhook-taken = قُبلت
webhook-refused = لم تُقبل
webhook-done-added = أُدرج. جرّبه لتعلم أنه يُسمع.
webhook-done-paused = يبقى متوقفاً حتى يستأنفه أحد.
webhook-done-resumed = يتابع من حيث كان.
webhook-done-replayed = تخرج الأحداث من جديد.
webhook-done-removed = أُزيل.

## The own account
account-title = حسابي
account-mail-language = لغة الرسائل
profile-title = الاسم والرسائل
profile-name-hint = يراه من يعنيهم الملف، ولا يُدرج في الدفتر أبداً.
field-phone = الهاتف
account-number = الاسم المستعار في الدفتر
account-language-text = تُختار لغة الصفحات في أعلى كل صفحة.
account-password = كلمة المرور
account-password-button = تغيير كلمة المرور
account-done-password = تم تغيير كلمة المرور وانتهت كل الجلسات الأخرى.
account-done-profile = تم الحفظ.
account-done-session = انتهت الجلسة.
account-done-others = انتهت كل الجلسات الأخرى.
account-done-news = تم الحفظ.
account-done-key = لم يعد المفتاح يفتح شيئًا.
second-factor-title = العامل الثاني
second-factor-on = يحمي حسابك
second-factor-off = لا يوجد
second-factor-add = إضافة تطبيق مصادقة
second-factor-text = يعرض تطبيق على هاتفك رمزًا جديدًا كل نصف دقيقة، فلا تفتح كلمة مرور مسروقة شيئًا.
second-factor-needed = دورك يتطلب عاملًا ثانيًا. أضفه لتتابع.
second-factor-scan = امسح هذا بالتطبيق.
second-factor-type = أو اكتب:
second-factor-qr = رمز لتطبيق المصادقة
second-factor-confirm = أدخل الرمز الذي يعرضه.
second-factor-button = تأكيد
recovery-title = رموز الاسترداد
recovery-text = اطبعها أو دوّنها الآن: لن تُعرض مرة أخرى. كل رمز يُستخدم مرة واحدة بدلًا من رمز التطبيق.
recovery-draw = إنشاء رموز استرداد جديدة
recovery-draw-text = لن تصلح الرموز التي لديك بعد ذلك.
sessions-title = الجلسات
session-own = هذه
session-end = إنهاء هذه الجلسة
session-end-others = إنهاء كل الجلسات الأخرى
news-title = الأخبار بالبريد
news-label = أبلغوني بالبريد بما ينتظرني وبما تقرر
keys-title = مفاتيح واجهة البرمجة
keys-text = لبرامج تعمل باسمك. لا يفتح المفتاح أكثر مما يحق لك.
key-label-hint = مثل اسم البرنامج.
key-for = ماذا يفتح
key-for-read = القراءة فقط
key-for-all = كل ما يسمح به دوري
key-days = لأي مدة
days = { $count ->
    [one] يوم واحد
    [two] يومان
    [few] { $shown } أيام
   *[other] { $shown } يومًا
}
key-make = إنشاء مفتاح
key-made = مفتاحك
key-made-text = انسخه الآن: لن يُعرض مرة أخرى.
key-oauth = للبرامج التي لا تعرف إلا OAuth 2.0: client_id هو { $client }، وclient_secret هو المفتاح، وعنوان الرموز هو /api/v1/oauth/token (client credentials).
key-revoke = إبطال

## The desk of Article 6
a6-desk = مكتب المادة 6
a6-text = ما يسجله هذا البلد عن تعاونه: النُّهُج والكيانات المأذون لها والأذون والمساهمات المحددة وطنيًا والمستويات. ويُعرض كل قيد قبل تدوينه.
a6-waiting = { $count ->
    [one] قيد واحد ينتظر موظفًا ثانياً.
    [two] قيدان ينتظران موظفًا ثانياً.
    [few] { $shown } قيود تنتظر موظفًا ثانياً.
    [many] { $shown } قيدًا تنتظر موظفًا ثانياً.
   *[other] { $shown } قيد تنتظر موظفًا ثانياً.
}
a6-open = تدوين قيد
a6-takes-two = يجب أن يوافق عليه موظف ثانٍ، ولا يُدوَّن شيء قبل ذلك.
a6-propose = تأكيد: تقديم الاقتراح
a6-record = تأكيد: تدوين القيد
a6-done-recorded = دُوِّن القيد.
a6-done-proposed = قُدِّم الاقتراح، ويجب أن يوافق عليه موظف ثانٍ في صفحة التوقيعات الثانية.
a6-left = المتبقي { $tonnes }
a6-deeds = ما يمكن فعله به
a6-deed-version = تدوين صيغة جديدة
a6-deed-revoke = إنهاؤه
a6-deed-units = إدراج وحدات تحته
a6-deed-notice = تدوين استخدام في الخارج
a6-with-reach = تبيّن شروطه الحالات التي يسري فيها التغيير أو الإنهاء على ما حُوِّل أول مرة (المقرر 4/م أ ت-6، الفقرات 7 إلى 9).
a6-without-reach = ليس فيه شروط لذلك، فلا يسري التغيير ولا الإنهاء أبدًا على ما حُوِّل أول مرة (المقرر 4/م أ ت-6، الفقرات 7 إلى 9).
a6-content = مضمونه
a6-public = الصفحة التي يراها الجميع
a6-change = تغيير { $what }
a6-report-of = التقرير الأولي عن { $what }
a6-ndcs = المساهمات المحددة وطنيًا ومستوياتها
a6-kind-approach = نهج تعاوني
a6-kind-initial-report = تقرير أولي عن نهج
a6-kind-entity = كيان مأذون له
a6-kind-authorisation = إذن أو صيغة جديدة من إذن
a6-kind-revocation = إنهاء إذن
a6-kind-units = وحدات تحت إذن
a6-kind-use-notice = استخدام في الخارج أبلغ به سجل آخر
a6-kind-ndc = مساهمة محددة وطنيًا
a6-kind-levels = مستويات الانبعاثات حسب السنة
a6-about-approach = بعد تدوينه لا تخرج الوحدات في إطاره إلا إذا كانت مأذوناً بها. وتدوين الرقم نفسه مرة أخرى يغيّره.
a6-about-initial-report = من دونه لا تكون للنهج صفوف في التقرير السنوي (المقرر 4/م أ ت-6، الفقرتان 26 و27).
a6-about-entity = من يجوز له استخدام نواتج نهج ما (المقرر 4/م أ ت-6، الفقرة 3(ج)). وما يُكتب هنا علني.
a6-about-authorisation = العناصر من (أ) إلى (ن) الواردة في المقرر 4/م أ ت-6، الفقرة 5. ولا يُفعل سوى إضافة صيغ، والتاريخ والنص المنشور هما تاريخ الصيغة ونصها.
a6-about-revocation = ينتهي بالنسبة إلى كل ما لم يُحوَّل أول مرة، ولا يسري على غير ذلك إلا إذا نصت شروطه عليه.
a6-about-units = تُدرج وحدات موجودة هنا ولم تُحوَّل أول مرة تحت إذن من هذا الطرف.
a6-about-use-notice = حيثما يُعرَّف التحويل الأول بالاستخدام في الخارج يكون هذا الإشعار تحويلها الأول، ويترتب عليه التعديل المقابل (المقرر 4/م أ ت-6، الفقرتان 13 و17).
a6-about-ndc = لا تتغير سنواتها ولا طريقتها أبدًا، ويمكن تدوين الهدف والمسار من جديد.
a6-about-levels = كلها من مصدر واحد أو لا شيء منها. ومستوى السنة نفسها يحل محل سابقه.
a6-ca-id = رقم النهج
a6-ca-id-hint = كما أعطته المنصة: الحرفان CA وأربعة أرقام، مثل CA0001.
a6-ca-parties = الأطراف وهذا البلد من بينها
a6-ca-parties-hint = حرفان لاتينيان لكل طرف، مثل CH، واحد في كل سطر.
a6-notice-party = الطرف الذي حدث ذلك في سجله
a6-notice-party-hint = حرفان لاتينيان، مثل CH.
a6-id = رقم الإذن
a6-id-hint = حتى 32 حرفًا لاتينياً ورقمًا ومسافة وواصلة، مثل GH-2026-001. والرقم نفسه مرة أخرى صيغة جديدة.
a6-title = الاسم العلني
a6-authorisation = الإذن
a6-party = الطرف الآذن
a6-party-hint = هذا البلد إن لم يُختر شيء. ويُدوَّن إذن الشريك كما نشره.
a6-version = الصيغة
a6-approach = (أ) النهج التعاوني
a6-name = الاسم
a6-country = بلد التأسيس
a6-country-hint = حرفان لاتينيان، مثل CH.
a6-identification = رقم التعريف في ذلك البلد
a6-organisation = منظمة في هذا السجل، برقمها
a6-organisation-hint = إذا كانت للكيان حسابات هنا.
a6-parties = (ب) الأطراف التي يجوز لها الاقتناء والاستخدام
a6-parties-hint = لا شيء: أي طرف في النهج.
a6-entities = (ب) الكيانات التي يجوز لها الاستخدام
a6-date = (ج) التاريخ
a6-issue-until = (ج) آخر يوم للإصدار بموجبه
a6-use-until = (ج) آخر يوم للنقل الأول أو الاستخدام أو الإلغاء بموجبه
a6-definition = (د) التحويل الأول لأغراض التخفيف الدولية الأخرى
a6-definition-hint = التعريف نفسه في جميع أذون النهج (المقرر 4/م أ ت-6، الفقرة 15)، وتعريف النهج إن لم يُختر شيء.
a6-uses = (هـ) الاستخدامات المأذون بها
a6-oimp = (هـ) أي أغراض أخرى، مثل CORSIA
a6-framework = (و) اللوائح والمعايير والمنهجيات
a6-conditions = الشروط
a6-changes = (ز) ظروف التغييرات وإجراءاتها
a6-reach = (ز) متى وكيف يسري التغيير على ما حُوِّل أول مرة
a6-reach-hint = إن تُرك فارغًا فلا يسري أبدًا.
a6-reaches-first-transferred = يسري هذا على ما حُوِّل أول مرة
a6-quantity = (ح) الحد الأقصى للوحدات التي تُحوَّل أول مرة، بالأطنان
a6-quantity-hint = عدد صحيح. وإن تُرك فارغًا فلا حد.
a6-no-limit = بلا حد
a6-registry = (ط) السجل الذي يتتبعها
a6-registry-hint = مثل GHA01، وسجل الطرف إن تُرك فارغًا.
a6-underlying = (ي) السجل الأصلي
a6-underlying-hint = إن تُرك فارغًا فالوحدات تصدر في السجل نفسه.
a6-vintages-first = (ك) أول سنة تخفيف
a6-vintages-first-hint = سنة، ابتداءً من 2021.
a6-vintages-last = (ك) آخر سنة تخفيف
a6-vintages-last-hint = سنة لا تسبق الأولى.
a6-metric-non-ghg-unit = (ل) مقياس غير طن مكافئ ثاني أكسيد الكربون: وحدته
a6-metric-non-ghg-unit-hint = مثل MWh. وإن تُرك فارغًا فطن مكافئ ثاني أكسيد الكربون أو مقياس النهج.
a6-metric-non-ghg-per-tonne = (ل) كم من تلك الوحدة يقابل طنًا واحداً
a6-gases = (ل) الغازات وإمكانات الاحترار العالمي لها
a6-scopes = (م) النطاقات القطاعية
a6-scopes-hint = لا شيء: أي نطاق.
a6-activities = (ن) أنواع الأنشطة
a6-projects = (ن) مشاريع هذا السجل، بأرقامها
a6-projects-hint = مثل 1, 4. تندرج وحداتها تحته عند إصدارها، وإن تُرك فارغًا أُدرجت الوحدات واحدة واحدة.
a6-terms = الأحكام والشروط
a6-document = بصمة SHA-256 للنص المنشور
a6-document-hint = 64 رقمًا ست عشرياً كما يطبعها sha256sum.
a6-information = معلومات أخرى
a6-revoked = ينتهي الإذن الممنوح له
a6-reason = السبب بعبارات علنية
a6-account = الحساب الذي يحتفظ بالوحدات
a6-units-tonnes = كم طنًا
a6-units-tonnes-hint = عندئذ يختار السجل النطاقات. اتركه فارغًا لتسميتها.
a6-units-ranges = النطاقات
a6-units-ranges-hint = مثل GH-27-35، واحد في كل سطر.
a6-ranges = نطاقات الوحدات التي خرجت
a6-ranges-hint = نطاقات كاملة مدوَّنة على أنها في الخارج، مثل GH-27-35، واحد في كل سطر.
a6-purpose = الغرض
a6-day = اليوم
a6-submitted = قُدِّم في
a6-reference = أين يوجد
a6-period-first = السنة الأولى
a6-period-last = السنة الأخيرة
a6-method = طريقة التعديل
a6-is-ldc = من أقل البلدان نموًا
a6-is-sids = دولة جزرية صغيرة نامية
a6-reference-year = السنة المرجعية
a6-reference-level = المستوى المرجعي، بالأطنان
a6-target-year = سنة الهدف
a6-target-level = الهدف، بالأطنان
a6-trajectory = المسار أو الميزانية
a6-series = ما تقيسه المستويات
a6-year = السنة
a6-level = المستوى
a6-levels = المستويات
a6-source = مصدرها، مثل تقرير جرد
series-covered = الانبعاثات وعمليات الإزالة التي تشملها المساهمة
series-portion = انبعاثات جزء النُّهُج أو فئاتها
series-indicator = مؤشر غير غازات الدفيئة
series-certified = تخفيضات الانبعاثات المعتمدة المستخدمة
purpose-adaptation-fund = مساهمة في صندوق التكيف
hint-numbers = أعداد صحيحة تفصل بينها فواصل.
hint-levels = سنة ومستواها في كل سطر، مثل 2024 61200000.

## Reports under Article 6
fault-report = يتعارض ذلك مع التقرير.
studio-title = تقارير المادة 6
studio-text = يُستخرج التقرير السنوي بالنموذج الإلكتروني المتفق عليه من السجل: انظر في صفوفه وفيما تجده الفحوص، وصحّح ما هو مدوَّن، ثم ثبّته صيغةً لا تتغير أبدًا.
studio-pick = سنة الإبلاغ
studio-open = افتح التقرير
studio-year = التقرير السنوي لعام { $year }
studio-from = مستخرج من
studio-entries = أول { $entries } من قيود السجل
studio-found = ما وجدته الفحوص
studio-last = آخر تقديم
studio-changes = الفروق عن آخر تقديم
studio-without-report = لدى هذه النُّهج ما يُبلَّغ عنه وليس لها تقرير أولي، فصفوفها محذوفة (المقرر 4/م أ ت-6، الفقرتان 26 و27).
studio-freeze = تثبيته
studio-freeze-text = الصيغة المثبتة هي ما يُرسل إلى قاعدة بيانات المادة 6. تُحفظ مع بصمتها ولا تتغير أبدًا، والتصحيح صيغة أخرى.
studio-version-hint = مثل 1.0، والصيغة التالية مقترحة.
studio-submitted = يوم التقديم
studio-submitted-hint = اليوم إن تُرك فارغًا، والموعد 15 أبريل من السنة التالية.
studio-despite = تثبيته رغم الأخطاء
studio-unsound = تجد الفحوص أخطاء. صحّح ما هو مدوَّن، أو اذكر أنه يُثبَّت رغمها.
studio-version-kept = حُفظت هذه الصيغة بمحتوى آخر. اذكر الصيغة التالية.
studio-changed = نما السجل منذ عُرض هذا، فالتقرير الآن تقرير آخر. انظر فيه من جديد.
studio-preview = ما يُثبَّت
studio-freeze-take = تأكيد: تثبيت هذه الصيغة
studio-done-frozen = ثُبِّتت الصيغة.
studio-done-unchanged = لا يختلف شيء عن تقديم محفوظ من قبل، فيبقى ذلك التقديم.
aef-table = الجدول
aef-tables = الجداول
aef-rows = الصفوف
aef-row = الصف { $row }
aef-table-submission = التقديم
aef-table-authorisations = الأذون
aef-table-actions = الإجراءات
aef-table-holdings = الأرصدة
aef-table-entities = الكيانات المأذون لها
aef-as-submitted = كما سيُقدَّم، والعناوين هي عناوين المقرر.
aef-count = عدد الصفوف: { $count }.
aef-finding = ما وُجد
aef-findings = ما تجده الفحوص
aef-findings-none = لا تجد الفحوص شيئًا.
aef-where = أين
aef-rule = القاعدة
aef-mend = أين يُصحَّح
aef-error = خطأ
aef-warning = تنبيه
aef-errors = { $count ->
    [zero] بلا أخطاء
    [one] خطأ واحد
    [two] خطآن
    [few] { $shown } أخطاء
   *[other] { $shown } خطأ
}
aef-warnings = { $count ->
    [zero] بلا تنبيهات
    [one] تنبيه واحد
    [two] تنبيهان
    [few] { $shown } تنبيهات
   *[other] { $shown } تنبيهًا
}
aef-changed = { $count ->
    [zero] لا يختلف أي صف
    [one] يختلف صف واحد
    [two] يختلف صفان
    [few] تختلف { $shown } صفوف
   *[other] يختلف { $shown } صفًا
}
aef-left-out = لم يُدرج { $count } أخرى من الفحوص نفسها.
aef-xlsx = مصنف (XLSX)
aef-json = بصيغة JSON
aef-csv = بصيغة CSV
aef-column = العمود
aef-before = قبل
aef-after = الآن
aef-change-added = صف مضاف
aef-change-removed = صف محذوف
aef-change-changed = صف متغير
aef-origin-frozen = مثبتة هنا
aef-origin-imported = أُدخلت من ملف
mend-partner = تقديمات الشركاء
mend-authorisation = الإذن { $id }
mend-ndc = المساهمة المحددة وطنيًا
mend-entity = الكيانات
kept-title = التقديمات المحفوظة
kept-none = لم يُثبَّت ولم يُدخل شيء بعد.
kept-what = الطرف والسنة والصيغة
kept-origin = مصدره
import-title = إدخال تقديم
import-text = تقديم الشريك هو ما تُفحص تقاريرنا على أساسه صفًا صفًا، وتقديم هذا البلد صيغة سابقة من مكان آخر.
import-mode = ما يُفعل بالملف
import-check = فحصه فقط
import-keep = حفظه
import-file = الملف: مصنف أو CSV أو JSON
import-button = أرسل الملف
import-checked = يمكن حفظ الملف
import-again = لم يُحفظ شيء. اختر الملف مرة أخرى لحفظه.
report-done-imported = حُفظ التقديم.
against-title = المقارنة مع تقريرنا
against-text = قورن بـ: { $ours }. ما حوّله طرف اقتناه الآخر (المقرر 6/م أ ت-4، المرفق الأول، الفقرة 39)، والمواضع صفوف في تقريرنا.
against-none = كلاهما متفق.
initial-title = التقرير الأولي
initial-text = ما يخص السجل منه (المقرر 2/م أ ت-3، المرفق، الفقرة 18): المساهمات والنُّهج والأذون والكيانات والتقارير.
summary-title = الملخص المنظم
summary-text = صفوف المادة 6 في الملخص المنظم (المقرر 5/م أ ت-3، المرفق الثاني، الجدول 4). تُحسب كل سنة من جديد من جميع القيود، فالتحويل المتأخر يغيّر سنة أُبلغ عنها من قبل.
summary-row = الصف
summary-elapsed = تُقسم المتوسطات على
summary-elapsed-since-first = السنوات المنقضية
summary-elapsed-whole-period = سنوات الفترة كلها
summary-axis = تُحسب الكميات في
summary-axis-event = السنة التي حدث فيها
summary-axis-balance = سنة التخفيف وسنة الاستخدام
regular-detail = الكميات نفسها حسب النهج والقطاع والأطراف وسنة التخفيف (المقرر 2/م أ ت-3، المرفق، الفقرة 23(ي)).
regular-transferring = طرف التحويل الأول
regular-using = الطرف المقتني أو المستخدم

## The process
process-title = الإجراءات والأدوار
process-text = إجراءات البلد ملف: من يشارك، وما يُملأ، ومن يقرر، وما يترتب على القرار. تتبع الملفات الجديدة الصيغة السارية، وتبقى الملفات الجارية على صيغتها.
process-none = لم تُعتمد أي إجراءات بعد.
process-done-adopted = اعتُمدت الإجراءات، وتتبعها الملفات الجديدة.
process-done-proposed = قُدّم الاقتراح، ويوافق عليه مسؤول ثانٍ.
process-edit = تغيير الإجراءات
process-walk = السير في مسار
process-roles = الأدوار والصلاحيات
process-flows = المسارات
process-flow = المسار
process-about = موضوعه
process-stages = المراحل
process-steps = الخطوات
process-step = الخطوة
process-versions = الصيغ المعتمدة
process-legend = المربعات المستديرة مراحل، وذات الحافة السميكة تبدأ الملف أو تنهيه. تقع الخطوة تحت المرحلة التي تغادرها، ويقود خطها إلى المرحلة التالية، ويبيّن الخط الأحمر المتقطع إلى أين يقود الرفض، والخط الرمادي إلى اليسار يأتي من مرحلة أخرى يمكن اتخاذها فيها أيضًا.
process-picture = المسار في صورة
process-in-words = الشيء نفسه بالكلمات
process-from = من
process-to = إلى
process-no = عند الرفض: { $stage }
process-who = من يقوم بها
process-nobody = لا أحد: تنقضي مهلة
process-deadline = انقضاء المهلة
process-wants = النموذج والوثائق
process-timer = المهلة
process-brings = ما يترتب عليها
process-changed = النص غير النص الذي فُحص. انظر فيما يفعله الآن ثم أكّد.
process-problems = { $count ->
    [one] في الملف خطأ واحد.
    [two] في الملف خطآن.
    [few] في الملف { $shown } أخطاء.
   *[other] في الملف { $shown } خطأ.
}
process-thing-organisation = نوع منظمة
process-thing-role = دور
process-thing-track = مسلك
process-thing-document = وثيقة
process-thing-form = نموذج
process-thing-letter = خطاب
process-thing-fee = رسم
process-thing-issuance = اقتطاعات الإصدار
process-thing-transfers = قواعد التحويلات
process-thing-adoption = ما يتطلبه اعتماد الإجراءات
process-thing-flow = مسار
process-thing-stage = مرحلة
process-thing-step = خطوة
process-became-added = مضاف
process-became-removed = محذوف
process-became-changed = متغير
subject-organisation = منظمة
subject-project = مشروع
subject-monitoring-period = فترة رصد
subject-issuance-request = طلب إصدار وحدات
subject-transfer-request = طلب نقل وحدات
subject-retirement-request = طلب استخدام وحدات أو إلغائها
step-kind-submit = تقديم أول
step-kind-assign = إسناد
step-kind-review = مراجعة
step-kind-validate = تصديق
step-kind-verify = تحقق
step-kind-decide = قرار
step-kind-request-changes = طلب تعديلات
step-kind-resubmit = تقديم مكرر
step-kind-withdraw = سحب
step-kind-appeal = تظلم
step-kind-automatic = تلقائيًا عند انقضاء مهلة
flow-end-accepted = مقبول
flow-end-rejected = مرفوض
flow-end-withdrawn = مسحوب
flow-end-lapsed = ساقط بالمهلة
effect-publish = يُنشر
effect-register = يُقيَّد في السجل
effect-assign-certifier = يُعيَّن جهة تصديق
effect-authorise = يُؤذن بالاستخدام
effect-revoke-authorisation = ينتهي الإذن
effect-open-crediting-period = تبدأ فترة الاعتماد
effect-cover-period = تغطي فترة الرصد
effect-allow-issuance = يُسمح بالإصدار
effect-issue = تصدر وحدات
effect-reserve = تُحجز وحدات
effect-release = يُرفع الحجز
effect-transfer = تنتقل وحدات
effect-send = تُقفل وحدات لبلد شريك
effect-retire = تُستخدم وحدات أو تُلغى
effect-suspend = يُعلَّق
effect-reactivate = ينتهي التعليق
effect-close = ينتهي التسجيل
walk-text = يتخذ أشخاص مفترضون الخطوات. لا يُدوَّن شيء، ويقرر المحرك نفسه ما هو ممكن كما في ملف حقيقي.
walk-begin = ابدأ السير
walk-title = السير
walk-so-far = ما حدث حتى الآن
walk-day = اليوم
walk-stands = الملف الآن في: { $stage }.
walk-ended = انتهى الملف في { $stage }: { $end }.
walk-next = ما يمكن أن يلي
walk-take = اتخذ: { $step }
walk-refuse = ارفض: { $step }
walk-back = خطوة إلى الوراء
walk-refused = لا تسمح الإجراءات بالخطوة الأخيرة.
roles-steps = من يتخذ أي خطوات
roles-steps-text = من الإجراءات السارية.
roles-matrix = الصلاحيات
roles-matrix-text = ما يجوز لكل دور فعله إلى جانب خطواته وعلى ماذا، بحسب مصفوفة صلاحيات هذا السجل (permissions.toml). عمود لكل دور تعرفه الإجراءات.
roles-takes-two = شخصان
permitted-own = ما يخصه
permitted-assigned = ما أُسند إليه
permitted-sector = قطاعاته
permitted-country = الكل
edit-text = غيّر الملف هنا أو اختر ملفًا. يُفحص كله ويوضع إلى جانب الصيغة السارية، ولا يُعتمد شيء قبل تأكيدك.
edit-starts = ابدأ من:
edit-file = الملف (TOML)
edit-here = الإجراءات نصًا
edit-check = افحص الملف
edit-problems = الأخطاء بمواضعها
edit-wrong = ما الخطأ
edit-mend = كيف يُصحَّح
edit-sound = الملف سليم
edit-same = هو الملف الساري بحروفه.
edit-differs = ما يختلف عن الإجراءات السارية
edit-differs-none = لا يختلف أي جزء منه.
edit-lines = سطرًا سطرًا
edit-new = النص الجديد
edit-gone = محذوف:
edit-fresh = جديد:
edit-skipped = { $count ->
    [one] سطر واحد مطابق
    [two] سطران مطابقان
    [few] { $shown } أسطر مطابقة
   *[other] { $shown } سطرًا مطابقًا
}
edit-more = هناك المزيد، فقارن الملفين ببرنامج لديك.
edit-pictures = المسارات الجديدة
edit-adopt-text = تتبعه الملفات الجديدة من ذلك الحين، وتبقى الملفات الجارية على صيغتها حتى ينقلها أحد.
edit-adopt-two = يعتمد الإجراءات هنا مسؤولان: تقترحها أنت، ويوافق شخص آخر على هذا الملف بعينه.
edit-adopt = تأكيد: اعتماد هذه الإجراءات
edit-propose = تأكيد: اقتراح هذه الإجراءات

## Before a decision
decision-title = قبل القرار
decision-signed = وقّع:
decision-letters = الخطابات: { $letters }. يمكن قراءتها في صفحة الخطوة قبل تأكيدها.
check-good = سليم
check-look = للنظر
check-forms = { $count ->
    [one] قيمة واحدة في النماذج ليست كما تريدها الإجراءات.
    [two] قيمتان في النماذج ليستا كما تريدهما الإجراءات.
    [few] { $shown } قيم في النماذج ليست كما تريدها الإجراءات.
   *[other] { $shown } قيمة في النماذج ليست كما تريدها الإجراءات.
}
check-forms-none = كل نموذج قُدِّم مكتمل.
check-documents = { $count ->
    [one] وثيقة واحدة لم تُقدَّم بعد.
    [two] وثيقتان لم تُقدَّما بعد.
    [few] { $shown } وثائق لم تُقدَّم بعد.
   *[other] { $shown } وثيقة لم تُقدَّم بعد.
}
check-documents-none = كل وثيقة قُدِّمت وبصمتها في السجل.
check-duplicates = { $count ->
    [one] مشروع واحد يشبهه.
    [two] مشروعان يشبهانه.
    [few] { $shown } مشاريع تشبهه.
   *[other] { $shown } مشروعًا يشبهه.
}
check-duplicates-none = لا مشروع في هذا السجل يشبهه.
check-findings = { $count ->
    [one] ملاحظة واحدة مفتوحة.
    [two] ملاحظتان مفتوحتان.
    [few] { $shown } ملاحظات مفتوحة.
   *[other] { $shown } ملاحظة مفتوحة.
}
check-findings-none = لا ملاحظة مفتوحة.
check-late = { $count ->
    [one] خطوة واحدة متأخرة.
    [two] خطوتان متأخرتان.
    [few] { $shown } خطوات متأخرة.
   *[other] { $shown } خطوة متأخرة.
}
check-late-none = لم تنقضِ أي مهلة.

## Labels of a process
labels-title = تغيير التسميات ومن يتصرف
labels-text = ما تغيره هنا يُكتب في ملف الإجراءات السارية ويبقى كل ما سواه على حاله. ثم يبيّن المحرر ما يفعله، ولا يُعتمد شيء قبل تأكيدك.
labels-names = التسميات

## Pages of errors
error-signed-out = انتهت الجلسة
error-signed-out-text = لم يُرسل شيء. سجّل الدخول في نافذة أخرى، ثم عد إلى هنا بالمتصفح وأرسل من جديد.
error-forbidden = هذا غير متاح لك
error-forbidden-text = دورك لا يسمح بذلك، أو لم يُرسل النموذج من صفحة في جلستك. لم يُنفَّذ شيء.
error-refused = لم يُنفَّذ
error-refused-text = هناك ما يمنعه. ارجع بالمتصفح: ما كتبته ما زال هناك.

## Many at once
bulk-title = ملفات الصفوف
bulk-text = كل صف طلب مستقل يُدوَّن أو يُرفض وحده. 5000 صف و1 ميغابايت على الأكثر هنا؛ الملفات الأكبر تمر عبر واجهة البرمجة التي تذكر وثائقها الأعمدة.
bulk-outcome = مصير الصفوف
bulk-line = السطر
bulk-kind = ما الصفوف
bulk-kind-cases = ملفات مع خطوتها الأولى
bulk-kind-accounts = حسابات
bulk-kind-account-transfers = تحويلات بين الحسابات
bulk-kind-retirements = سحوبات
bulk-kind-standing-holds = حجوزات
bulk-file = ملف CSV
bulk-paste = صفوف CSV مع عنوان الأعمدة
bulk-preview = التحقق من الصفوف
bulk-take = تدوين الصفوف الممكنة
bulk-status-written = دُوِّنت
bulk-status-repeated = دُوِّنت من قبل
bulk-status-possible = ممكنة
bulk-status-refused = مرفوضة

told-title = ما تبلغ به السجلات الأخرى
told-text = ملف إشعارات: ما أصدره سجل آخر أو استخدمه أو ألغاه أو ساهم به في صندوق التكيف. تُدوَّن الاستخدامات والمساهمات في الخارج التي هي نقل أول، ويوافق على كل منها موظف ثانٍ؛ ويُذكر عن الباقي ما ينبغي فعله هنا. يجوز إرسال الملف من جديد بعد أن يزداد.
told-file = الملف: كائن JSON واحد في كل سطر
told-hint = 1 ميغابايت على الأكثر هنا؛ الملفات الأكبر تمر عبر الأمر أو واجهة البرمجة.
told-paste = أسطر الملف
told-preview = التحقق من الملف
told-record = تدوين الممكن
told-outcome = مصير الأسطر
told-proposal = الاقتراح { $number } ينتظر موظفًا ثانيًا
told-account = الحساب { $number }
told-status-recorded = دُوِّنت
told-status-proposed = تنتظر موظفًا ثانيًا
told-status-possible = يمكن تدوينها
told-status-repeated = دُوِّنت من قبل
told-status-draft = ينبغي فعلها هنا
told-status-refused = مرفوضة
told-action-issue = للإصدار
told-action-end = للاستخدام أو الإلغاء
told-action-contribute = للنقل إلى حساب حصص العائدات

## Bridges
bridges-title = الجسور
bridges-text = مدى تطابق الأنظمة المحيطة بالسجل معه. يعمل الجسر من تلقاء نفسه ولا يختلق شيئًا أبدًا.
bridge-done-at = آخر مرة لم يبق له عمل
bridge-until = يستأنف من تلقاء نفسه
bridge-read = قيود السجل التي قرأها
bridge-dead = مرفوض أو غير محفوظ هناك
bridge-key = العنصر
bridge-cause = ما قاله الطرف الآخر
bridge-when = متى
bridge-again = إعادة الإرسال
bridge-replay = إعادة الإرسال
bridge-sync = تشغيل { $name } الآن
bridge-replay-all = إعادة إرسال كل ما رفضه { $name }
bridge-done-sync = لقد عمل.
bridge-done-replay = يعاد إرساله.
bridge-state-starting = يبدأ
bridge-state-working = يعمل
bridge-state-idle = لا عمل لديه
bridge-state-waits = ينتظر
bridge-state-barred = ينتظر شخصًا
bridge-item-due = للإرسال
bridge-item-agreed = متطابق
bridge-item-stopped = متوقف: ينقص شيء
bridge-item-dead = مرفوض
bridge-item-differs = تغيّر هناك
bridge-arrivals = المشاريع والتقارير هناك
arrivals-title = من أنظمة أخرى
arrivals-text = قدّم نظام آخر هذه البيانات عن مشاريع مؤسستك. الملف الذي يُفتح منها تُملأ استمارته بما قُدّم، وأنت تستكملها وتقدمها.
arrival-open = فتح الملف
arrival-kind = النوع
arrival-kind-project = مشروع
arrival-kind-monitoring = تقرير رصد
arrival-owner = المالك هناك
arrival-state = الحالة
arrival-missing = للاستكمال أو التصحيح
arrival-state-ready = يمكن فتحه
arrival-state-waits = ينتظر مشروعه
arrival-state-stopped = متوقف
arrival-state-opened = مفتوح
arrival-state-ended = انتهى ملفه
arrival-state-known = معروف في ملف آخر

## Monitoring data
monitoring-title = بيانات الرصد
monitoring-text = ترسل الأجهزة وأنظمة البيانات قياسات موقعة. تُحسب الأطنان منها بمعادلة لها إصدار، ولا يطالب تقرير الرصد بأكثر مما تعطيه.
monitoring-done-source = تم تسجيل المصدر.
monitoring-done-revoked = لم يعد يؤخذ شيء من هذا المصدر.
monitoring-done-points = أُخذت النقاط.
monitoring-done-sealed = خُتمت النقاط. اذكر الجذر في تقرير الرصد.
batches-title = الدفعات المختومة
batches-text = لكل دفعة جذر ميركل واحد على نقاطها. التقرير الذي يذكر الجذر في حقل الأدلة يقوم عليها، وعندئذ يلتزم قيد التقرير في السجل بكل نقطة.
batch-title = دفعة مختومة
batch-root = جذر ميركل
batch-figures = الأطنان حسب السنة
batch-sealed = خُتمت
batch-report = تقرير الرصد
batch-committed = السجل ملتزم بها
batch-uncommitted = السجل غير ملتزم بها
batch-unused = لم يذكرها أي تقرير
batch-same = حُسبت من جديد الآن من نقاطها، والجذر والأطنان هي التي خُتمت.
batch-other = حُسبت من جديد من نقاطها، والجذر أو الأطنان ليست التي خُتمت.
batch-claimable = ما يمكن المطالبة به
batch-value = النتيجة
batch-lower = الحد الأدنى
batch-upper = الحد الأعلى
sources-title = المصادر
source-number = المصدر
source-key = مفتاح Ed25519
source-key-hint = المفتاح العام الذي يوقع به الجهاز أو نظام البيانات: 32 بايت بترميز base64.
source-taken = يؤخذ منه منذ
source-revoked = ملغى
source-waiting = نقاط ليست في أي دفعة
source-waiting-none = لا شيء
source-add = تسجيل مصدر
source-revoke = إلغاء المصدر
source-revoke-text = لن يؤخذ منه شيء بعد الآن، ويبقى ما أعطاه. لا يمكن التراجع عن ذلك.
points-title = نقاط البيانات
points-text = يؤخذ ملف النقاط الموقعة كله أو لا يؤخذ، وتكرار النقطة نفسها ليس خطأ. الحد هنا 1 ميغابايت، والملفات الأكبر تمر عبر واجهة البرمجة.
points-columns = يسمي السطر الأول الأعمدة:
points-preview = فحص النقاط
points-take = أخذ النقاط
points-checked = كل النقاط سليمة ولم يؤخذ شيء بعد
points-checked-text = جديدة: { $new }. موجودة هنا بالفعل كما هي: { $known }.
points-line = السطر { $line } من الملف لا يؤخذ، ولذلك لا يؤخذ شيء منه.
points-count = النقاط
points-inputs = المدخلات
points-span = المدة
points-input = المدخل
points-from = من
points-until = إلى
points-value = القيمة
points-uncertainty = عدم اليقين
points-unit = الوحدة
points-file = كل النقاط بصيغة CSV
seal-title = ختم النقاط
seal-text = النقاط الواقعة في هذه الأيام وليست في أي دفعة تدخل تحت جذر واحد. تكون النقطة في دفعة واحدة.
seal-none = لا توجد نقاط تنتظر الختم.
seal-no-blueprint = يمكن ختم النقاط بعد تسجيل معادلة.
seal-first = اليوم الأول
seal-last = اليوم الأخير
seal-preview = حساب الأطنان
seal-take = ختم النقاط الآن
seal-tried = هذا ما سيُختم، ولم يُختم شيء بعد
blueprint = المعادلة
blueprints-title = المعادلات
blueprints-text = كيف تنتج الأطنان عن نقاط البيانات: مدخلات بوحداتها وثوابت ومعادلة. ما يقوله المعرف والإصدار لا يتغير أبدًا.
blueprint-added = سُجلت
blueprint-new = تسجيل إصدار
blueprint-file = ملف TOML
blueprint-paste = الملف كنص
blueprint-preview = فحص المعادلة
blueprint-add = تسجيل هذا الإصدار
blueprint-tried = المعادلة سليمة ولم يُسجل شيء بعد
blueprint-done-added = سُجل الإصدار ولن يتغير أبدًا.
points-counted = { $count ->
    [zero] لا نقاط
    [one] نقطة واحدة
    [two] نقطتان
    [few] { $shown } نقاط
    [many] { $shown } نقطة
   *[other] { $shown } نقطة
}

# ---- what may be done
may-organisation-read = الاطلاع على ملف منظمة
may-organisation-create = تسجيل منظمة نيابة عنها
may-organisation-submit = تقديم طلب التسجيل الخاص
may-organisation-update = تعديل ملف منظمة
may-organisation-decide = قبول تسجيل أو رفضه
may-organisation-suspend = تعليق منظمة مع كل ما تحوزه
may-organisation-reactivate = إنهاء تعليق
may-user-read = الاطلاع على مستخدمي منظمة
may-user-invite = دعوة مستخدم
may-user-update = تعديل اسم مستخدم أو هاتفه أو لغته
may-user-suspend = تعليق مستخدم أو إنهاء تعليقه
may-user-role-change = إعطاء مستخدم دورًا آخر
may-user-factor-reset = إزالة عامل تحقق ثانٍ فقده صاحبه
may-user-erase = حذف بيانات مستخدم الشخصية نهائيًا
may-api-key-read = الاطلاع على مفاتيح الواجهة البرمجية الموجودة
may-api-key-create = إنشاء مفتاح للواجهة البرمجية
may-api-key-revoke = إلغاء مفتاح للواجهة البرمجية
may-audit-read = قراءة سجل عمليات الدخول والتغييرات
may-project-read = الاطلاع على مشروع بما ليس علنيًا
may-project-create = بدء مشروع
may-project-update = تعديل مسودة مشروع أو بياناته
may-project-submit = تقديم مشروع
may-project-withdraw = سحب طلب مشروع
may-project-appeal = التظلم من قرار
may-project-comment = التعليق على مشروع
may-project-review = إبداء رأي لا يحسم شيئًا بمفرده
may-project-assign = إسناد مشروع إلى جهة تصديق
may-project-validate = تقديم تقرير عن تصميم مشروع بصفة جهة التصديق
may-project-decide = البت في مرحلة من مشروع
may-project-migrate = نقل مشروع جارٍ إلى صيغة أخرى من الإجراءات
may-fee-record = قيد سداد رسم أو الإعفاء منه
may-document-read = فتح وثيقة غير علنية
may-document-upload = إضافة وثيقة أو نسخة جديدة منها
may-document-decide = قبول وثيقة أو رفضها
may-document-publish = إتاحة وثيقة لدائرة أوسع
may-monitoring-read = الاطلاع على تقارير الرصد
may-monitoring-submit = تقديم تقرير رصد
may-monitoring-decide = قبول تقرير رصد أو رفضه
may-verification-submit = تقديم تقرير عن فترة رصد بصفة جهة التصديق
may-finding-write = فتح ملاحظة أو إغلاقها
may-finding-answer = الرد على ملاحظة
may-issuance-request = طلب وحدات عن فترة متحقق منها
may-issuance-propose = إعداد إصدار لشخص ثانٍ
may-issuance-approve = إصدار وحدات
may-units-read = الاطلاع على الحيازات وتاريخها
may-account-open = فتح حساب
may-account-close = إغلاق حساب فارغ
may-transfer-read = الاطلاع على طلبات نقل الوحدات
may-transfer-request = طلب نقل وحدات إلى حساب آخر هنا
may-transfer-accept = قبول وحدات أو رفضها بصفة المستلم
may-transfer-approve = الموافقة على نقل هنا أو رفضه
may-transfer-cancel = سحب طلب مفتوح
may-border-transfer-request = طلب نقل وحدات إلى بلد آخر
may-border-transfer-accept = قبول وحدات من بلد آخر أو رفضها
may-border-transfer-approve = الموافقة على نقل إلى بلد آخر أو رفضه
may-trusted-receiver-edit = تعديل قائمة المستلمين الموثوق بهم
may-retirement-request = طلب استخدام وحدات
may-retirement-approve = استخدام وحدات لغرض استخدامًا نهائيًا
may-cancellation-request = طلب إلغاء وحدات
may-cancellation-approve = إلغاء وحدات نهائيًا
may-beneficiary-edit = تحرير قائمة المستفيدين
may-hold-read = الاطلاع على أوامر الحجز وأسبابها
may-hold-place = حجز وحدات أو حساب أو مشروع أو منظمة
may-hold-lift = رفع حجز
may-trading-freeze = وقف كل حركة للوحدات أو استئنافها
may-authorisation-read = الاطلاع على التراخيص بما ليس علنيًا
may-authorisation-propose = إعداد ترخيص أو تعديله أو إنهائه لشخص ثانٍ
may-authorisation-approve = الترخيص باستخدام نتائج التخفيف
may-authorisation-revoke = إلغاء ترخيص
may-letter-read = فتح رسالة غير علنية
may-letter-issue = إصدار رسالة أو إلغاؤها
may-letter-template-edit = تحرير نصوص الرسائل
may-report-read = الاطلاع على التقارير قبل نشرها
may-report-prepare = إعداد تقرير بموجب المادة ٦
may-report-submit = إقفال تقرير وإرساله
may-export-read = تصدير ما ليس علنيًا
may-data-import = استيراد بيانات من سجل آخر
may-configuration-read = الاطلاع على إعدادات السجل
may-configuration-change = تغيير إعدادات السجل
may-process-adopt = اعتماد صيغة من إجراءات البلد
may-permission-change = اعتماد مصفوفة صلاحيات أخرى
may-key-read = الاطلاع على مفاتيح السجل وحالتها
may-key-rotate = تبديل مفتاح أو إزالته
may-federation-read = الاطلاع على الشركاء وحالة الاتصال بهم
may-federation-manage = إضافة شريك أو شاهد أو تعديله أو إزالته
may-agreement-manage = قيد اتفاق مع شريك أو تعديله أو إنهاؤه
